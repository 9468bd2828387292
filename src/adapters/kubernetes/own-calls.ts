import {
  CoreV1Api,
  createConfiguration,
  type RequestContext,
  ResponseContext,
  ServerConfiguration,
  wrapHttpLibrary,
} from "@kubernetes/client-node";
import { handleType, workerRules } from "../../operation/accounts.ts";
import { ClusterFault, fieldManagerOf } from "../../ports/cluster.ts";
import { demandExact, type Passage, pass, type Verb } from "./choke-point.ts";
import { noAnswer } from "./faults.ts";
import type { Transport } from "./transport.ts";

/** A Secret that stands for one execution; it holds nothing. */
export interface Handle {
  readonly name: string;
  readonly uid: string;
}

/** Everything the worker ever does as itself, in the namespace of the operation accounts. */
export interface OwnCalls {
  /** A token of this account, bound to the handle if there is one. */
  mintToken(request: string, account: string, handle?: Handle): Promise<string>;
  createHandle(request: string, name: string): Promise<Handle>;
  /** Without a uid, whichever has the name. */
  deleteHandle(request: string, handle: { readonly name: string; readonly uid?: string }): Promise<void>;
  createTicket(request: string, content: Readonly<Record<string, string>>): Promise<void>;
  readTicket(request: string): Promise<Readonly<Record<string, string>>>;
}

/** The least a TokenRequest may ask for: 10 minutes (facts/kubernetes.md section 3). */
const tokenSeconds = 600;

export function openOwnCalls(transport: Transport, namespace: string): OwnCalls {
  async function asked<T>(
    request: string,
    verb: Verb,
    what: { resource: string; subresource?: string; name: string },
    ask: (core: CoreV1Api) => Promise<T>,
  ): Promise<T> {
    const passage = pass(workerRules, verb, { group: "", version: "v1", namespace, ...what });
    try {
      return await ask(coreThrough(transport, passage, request));
    } catch (fault) {
      // What the typed client stumbles over may quote the answer, and the answer may hold a token.
      throw fault instanceof ClusterFault ? fault : noAnswer(fault);
    }
  }
  const metadata = (name: string) => ({ name, labels: { "app.kubernetes.io/managed-by": "countersign" } });

  return {
    async mintToken(request, account, handle) {
      const boundObjectRef = handle && { apiVersion: "v1", kind: "Secret", ...handle };
      // No audiences: the API server's own.
      const spec = { audiences: [], expirationSeconds: tokenSeconds, ...(boundObjectRef ? { boundObjectRef } : {}) };
      const what = { resource: "serviceaccounts", subresource: "token", name: account };
      const { status } = await asked(request, "create", what, (core) =>
        core.createNamespacedServiceAccountToken({ name: account, namespace, body: { spec } }),
      );
      if (!status?.token) throw new ClusterFault("server-error", "the API server minted no token");
      return status.token;
    },

    async createHandle(request, name) {
      const body = { metadata: metadata(name), type: handleType, immutable: true };
      const made = await asked(request, "create", { resource: "secrets", name }, (core) =>
        core.createNamespacedSecret({ namespace, body, fieldManager: fieldManagerOf(request) }),
      );
      const uid = made.metadata?.uid;
      if (!uid) throw new ClusterFault("no-answer", "the API server did not say which Secret it made");
      return { name, uid };
    },

    async deleteHandle(request, { name, uid }) {
      await asked(request, "delete", { resource: "secrets", name }, (core) =>
        core.deleteNamespacedSecret({ name, namespace, body: uid === undefined ? {} : { preconditions: { uid } } }),
      );
    },

    async createTicket(request, content) {
      const body = { metadata: metadata(request), immutable: true, data: { ...content } };
      await asked(request, "create", { resource: "configmaps", name: request }, (core) =>
        core.createNamespacedConfigMap({ namespace, body, fieldManager: fieldManagerOf(request) }),
      );
    },

    async readTicket(request) {
      const ticket = await asked(request, "get", { resource: "configmaps", name: request }, (core) =>
        core.readNamespacedConfigMap({ name: request, namespace }),
      );
      return ticket.data ?? {};
    },
  };
}

/** The typed client for one call: it may send what was let pass and nothing else, over the pooled transport. */
function coreThrough(transport: Transport, passage: Passage, request: string): CoreV1Api {
  const httpApi = wrapHttpLibrary({
    async send(context: RequestContext) {
      const url = new URL(context.getUrl());
      demandExact(passage, transport.server, { method: context.getHttpMethod(), url });
      const text = context.getBody();
      const query = Object.fromEntries(url.searchParams);
      const body = typeof text === "string" ? { body: { type: "application/json", text } } : {};
      const reply = await transport.send({ passage, as: "worker", request, query, ...body });
      return new ResponseContext(
        reply.status,
        { "content-type": "application/json" },
        { text: async () => reply.body, binary: async () => Buffer.from(reply.body), stream: () => null },
      );
    },
  });
  const address = transport.server.href.replace(/\/$/, "");
  return new CoreV1Api(createConfiguration({ baseServer: new ServerConfiguration(address, {}), httpApi }));
}
