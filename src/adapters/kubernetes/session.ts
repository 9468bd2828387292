import { type Account, ClusterFault, type KubeObject, type ObjectRef, type Session } from "../../ports.ts";
import { notSent, pass, type Verb } from "./choke-point.ts";
import { readAnswer } from "./faults.ts";
import { type Call, fieldManager, type Reply, type Transport } from "./transport.ts";
import { stretchSeconds, watchObject } from "./watch.ts";

/** A token of a service account, in memory only. */
export interface Token {
  readonly token: string;
  /** The `jti` claim. */
  readonly credential: string;
}

/** More than these in one namespace are not listed, and not cut in silence either. */
const mostObjects = 5_000;
const pageSize = 500;

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
  const callOf = (verb: Verb, ref: ObjectRef) => ({ passage: pass(rules, verb, ref), as: { token }, request });

  async function send(call: Call): Promise<Reply> {
    try {
      return await transport.send(call);
    } catch (fault) {
      if (fault instanceof ClusterFault && fault.code === "unauthorized") onRefused();
      throw fault;
    }
  }

  const get: Session["get"] = async (ref) => answerOf(await send(callOf("get", ref)));

  return {
    credential,
    get,

    async list(ref, { labels, limit } = {}) {
      if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) throw notSent("this is no limit");
      const call = callOf("list", ref);
      const selector = labels && selectorOf(labels);
      const wanted = Math.min(limit ?? mostObjects, mostObjects);
      const found: KubeObject[] = [];
      let next: string | undefined;
      do {
        const query = {
          limit: String(Math.min(pageSize, wanted - found.length)),
          ...(selector ? { labelSelector: selector } : {}),
          ...(next ? { continue: next } : {}),
        };
        const { body, auditId } = await send({ ...call, query });
        const page = readAnswer<{ items?: KubeObject[]; metadata?: { continue?: string } }>(body, auditId);
        found.push(...(page.items ?? []));
        next = page.metadata?.continue;
      } while (next && found.length < wanted);
      if (next && found.length < (limit ?? Number.POSITIVE_INFINITY))
        throw new ClusterFault("invalid", `there are more than ${mostObjects} ${ref.resource} in ${ref.namespace}`);
      return found;
    },

    async mergePatch(ref, patch, { dryRun = false } = {}) {
      const query = { fieldManager, fieldValidation: "Strict", ...(dryRun ? { dryRun: "All" } : {}) };
      const body = { type: "application/merge-patch+json", text: JSON.stringify(patch) };
      return answerOf(await send({ ...callOf("patch", ref), query, body }));
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

// Keys and values of labels, as apimachinery/pkg/util/validation has them: nothing in one can widen a selector.
const labelPart = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelPrefix = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

function selectorOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => {
      const [name = "", prefix, ...more] = key.split("/").reverse();
      const isKey = labelPart.test(name) && (prefix === undefined || labelPrefix.test(prefix)) && more.length === 0;
      if (!isKey || (value !== "" && !labelPart.test(value))) throw notSent("this cannot be a label");
      return `${key}=${value}`;
    })
    .join(",");
}
