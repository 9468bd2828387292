import type { Json } from "../../operation/plan.ts";
import {
  type Account,
  ClusterFault,
  fieldManagerOf,
  type KubeObject,
  type ObjectRef,
  type PatchKind,
  type Session,
} from "../../ports/cluster.ts";
import { notSent, passOperation, type Verb } from "./choke-point.ts";
import { readAnswer } from "./faults.ts";
import { logQuery, removalOptions } from "./options.ts";
import { exactFields, exactLabels } from "./selector.ts";
import type { Call, Reply, Transport } from "./transport.ts";
import { stretchSeconds, watchObject } from "./watch.ts";

/** A token of a service account, in memory only. */
export interface Token {
  readonly token: string;
  /** The `jti` claim. */
  readonly credential: string;
}

/** More than these in one list are not read, and not cut in silence either. */
const mostObjects = 5_000;
const pageSize = 500;

const patchTypes = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
} as const satisfies Record<PatchKind, string>;

/**
 * Calls as one service account, each through the choke point with the account's own rules. Answers are the server's own
 * JSON, nothing dropped. `onRefused` is told when the server does not know the token any more.
 */
export function openSession(
  transport: Transport,
  { rules }: Account,
  request: string,
  { token, credential }: Token,
  onRefused: () => void = () => undefined,
): Session {
  const callOf = (verb: Verb, ref: ObjectRef) => ({ passage: passOperation(rules, verb, ref), as: { token }, request });
  const writing = (dryRun: boolean) => ({
    fieldManager: fieldManagerOf(request),
    fieldValidation: "Strict",
    ...(dryRun ? { dryRun: "All" } : {}),
  });

  async function send(call: Call): Promise<Reply> {
    try {
      return await transport.send(call);
    } catch (fault) {
      if (fault instanceof ClusterFault && fault.code === "unauthorized") onRefused();
      throw fault;
    }
  }

  const get: Session["get"] = async (ref) => {
    if (ref.subresource === "log") throw notSent("a log is read in bounds, or not at all");
    return answerOf(await send(callOf("get", ref)));
  };

  return {
    credential,
    get,

    async list(ref, { labels, fields, limit } = {}) {
      if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) throw notSent("this is no limit");
      const call = callOf("list", ref);
      const labelSelector = labels && exactLabels(labels);
      const fieldSelector = fields && exactFields(fields);
      const wanted = Math.min(limit ?? mostObjects, mostObjects);
      const found: KubeObject[] = [];
      let next: string | undefined;
      do {
        const query = {
          limit: String(Math.min(pageSize, wanted - found.length)),
          ...(labelSelector ? { labelSelector } : {}),
          ...(fieldSelector ? { fieldSelector } : {}),
          ...(next ? { continue: next } : {}),
        };
        const { body, auditId } = await send({ ...call, query });
        const page = readAnswer<{ items?: KubeObject[]; metadata?: { continue?: string } }>(body, auditId);
        found.push(...(page.items ?? []));
        next = page.metadata?.continue;
      } while (next && found.length < wanted);
      if (next && found.length < (limit ?? Number.POSITIVE_INFINITY)) {
        const where = ref.namespace ?? "the cluster";
        throw new ClusterFault("invalid", `there are more than ${mostObjects} ${ref.resource} in ${where}`);
      }
      return found;
    },

    async patch(ref, kind, patch, { dryRun = false } = {}) {
      const body = { type: patchTypes[kind], text: JSON.stringify(patch) };
      return answerOf(await send({ ...callOf("patch", ref), query: writing(dryRun), body }));
    },

    async create(ref, object, { dryRun = false } = {}) {
      const call = callOf("create", ref);
      demandSame(object, ref);
      return answerOf(await send({ ...call, query: writing(dryRun), body: json(object) }));
    },

    async remove(ref, removal, { dryRun = false } = {}) {
      const call = callOf("delete", ref);
      // What the query says beside a body counts for nothing, but it stands in the API server's own log.
      const query = dryRun ? { dryRun: "All" } : {};
      return answerOf(await send({ ...call, query, body: json(removalOptions(removal, dryRun)) }));
    },

    async log(ref, slice) {
      const call = callOf("get", { ...ref, subresource: "log" });
      const { body } = await send({ ...call, query: logQuery(slice) });
      return body;
    },

    async *watch(ref, resourceVersion, signal) {
      const call = callOf("watch", ref);
      if (resourceVersion === "") throw notSent("a watch begins at a resourceVersion");
      const query = {
        watch: "true",
        fieldSelector: `metadata.name=${ref.name}`,
        allowWatchBookmarks: "true",
        timeoutSeconds: String(stretchSeconds),
      };
      yield* watchObject(
        resourceVersion,
        signal,
        (version, until) => transport.lines({ ...call, query: { ...query, resourceVersion: version } }, until),
        async () => (await get(ref)).object,
      );
    },
  };
}

function answerOf({ body, auditId }: Reply) {
  return { object: readAnswer<KubeObject>(body, auditId), auditId };
}

/** A body may name another object than the path does; the server would then believe one of the two. */
function demandSame(body: Json, { name, namespace }: ObjectRef): void {
  const metadata = fieldsOf(fieldsOf(body)["metadata"]);
  if (metadata["name"] !== name || metadata["namespace"] !== namespace || metadata["generateName"] !== undefined)
    throw notSent("what is to be made is not what was let pass");
}

function fieldsOf(value: Json | undefined): { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as { [key: string]: Json }) : {};
}

function json(body: Json) {
  return { type: "application/json", text: JSON.stringify(body) };
}
