import { digestOf } from "../operation/digest.ts";
import {
  type ApiAnswer,
  type BoundSession,
  type Cluster,
  ClusterFault,
  type ClusterFaultCode,
  type KubeObject,
} from "../ports.ts";
import type { RequestEvent } from "../request/event.ts";
import type { Executing, Granted, Intent } from "../request/request.ts";
import type { About, ChangePlan, Ending, Stamp } from "./act.ts";
import { actOf, changeOf } from "./acts.ts";
import { accountOf, type Bench, reader } from "./bench.ts";
import { type Hold, LeaseLost } from "./hold.ts";
import { plannedRef } from "./planned-object.ts";

/** What is to be done once the intent is durable and the ticket taken. */
export interface Errand {
  readonly request: Granted | Executing;
  readonly plan: ChangePlan;
  /** What the intent names: the precondition, and the generation the object had then. */
  readonly intent: Precondition;
  /** An earlier worker took the ticket: its call may have had its effect, or be on its way. */
  readonly begunBefore: boolean;
}

export type Precondition = Omit<Intent, "at">;

/** How the one changing call went. */
type Done =
  | { readonly applied: true; readonly auditIds: readonly string[] }
  | {
      readonly applied: false;
      readonly as: "failed" | "unknown";
      readonly why: string;
      readonly auditIds: readonly string[];
    };

/** The object's status may move between reading and acting; nobody's change is lost by trying again. */
const attempts = 6;

/**
 * The changing call, the rollout, the outcome. A crash anywhere in here leaves an intent and a ticket; the next worker
 * repeats the same bytes with the same precondition, of which at most one can ever have an effect.
 */
export async function carryOut(bench: Bench, hold: Hold, cluster: Cluster, errand: Errand): Promise<void> {
  const session = await open(bench, hold, cluster, errand);
  if (!session) return;
  try {
    const done = await apply(bench, hold, { session, cluster }, errand);
    const credential = session.credential;
    if (!done.applied) {
      const { as, why, auditIds } = done;
      await hold.step((now) => ({
        type: "finished",
        fence: hold.fence,
        as,
        outcome: { at: now, says: why, apiAuditIds: auditIds, credential },
      }));
      return;
    }
    const made =
      (end: Ending) =>
      (now: number): RequestEvent => ({
        type: "finished",
        fence: hold.fence,
        as: end.well ? "succeeded" : "failed",
        made: true,
        outcome: {
          at: now,
          says: end.well ? end.says : `The change was made, but ${end.why}.`,
          apiAuditIds: done.auditIds,
          credential,
        },
      });
    try {
      await hold.step(made(await follow(bench, hold, session, errand)));
    } catch (fault) {
      // Where the worker that took over could not tell whether the change was made, this one can.
      if (fault instanceof LeaseLost) await hold.settle(made({ well: false, why: "what came of it was not watched" }));
      throw fault;
    }
  } finally {
    // The token dies with its Secret; if this fails it dies of age, within ten minutes.
    await session
      .close()
      .catch((fault: unknown) => bench.log("handle left behind", { request: errand.request.id, why: String(fault) }));
  }
}

/** Faults that will not pass: without an account to act as, nothing can be done. */
const lasting: ReadonlySet<ClusterFaultCode> = new Set([
  "forbidden",
  "invalid",
  "not-found",
  "unauthorized",
  "not-sent",
  "already-exists",
]);

/** How long an intent is tried to be carried out while the cluster cannot be reached. */
const patience = 15 * 60_000;

/** The session to act in; undefined when there is none to be had, which is then the outcome. */
async function open(
  bench: Bench,
  hold: Hold,
  cluster: Cluster,
  { request, begunBefore }: Errand,
): Promise<BoundSession | undefined> {
  try {
    return await cluster.boundSession(accountOf(request.operation), request.id, hold.fence);
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    const tired = "intent" in request && (await bench.store.now()) - request.intent.at > patience;
    if (!lasting.has(fault.code) && !tired) throw fault;
    const says = `No token for the operation's account could be had: ${fault.says}`;
    const as = begunBefore ? "unknown" : "failed";
    await hold.step((now) => ({
      type: "finished",
      fence: hold.fence,
      as,
      outcome: { at: now, says, apiAuditIds: ids(fault) },
    }));
    return undefined;
  }
}

async function apply(
  bench: Bench,
  hold: Hold,
  at: { session: BoundSession; cluster: Cluster },
  errand: Errand,
): Promise<Done> {
  const { session, cluster } = at;
  const { request, plan } = errand;
  const act = actOf(changeOf(request.operation));
  const stamp: Stamp = { request: request.id, digest: request.digest, at: request.grant.grant.grantedAt };
  let { intent } = errand;
  const shows = (object: KubeObject | undefined) => act.shows(object, plan, aboutOf(stamp, intent));
  // Whether a call of ours may have had an effect that nobody has told us of.
  let mayHave = errand.begunBefore;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (hold.signal.aborted) throw hold.signal.reason;
    const answer = await tryApply(() =>
      act.apply(session, plan, { stamp, resourceVersion: intent.resourceVersion, dryRun: false }),
    );
    if (!(answer instanceof ClusterFault)) return { applied: true, auditIds: [answer.auditId] };
    if (answer.code === "no-answer" || answer.code === "server-error") {
      // Not known: the same bytes with the same precondition may be sent again, and only one can count.
      mayHave = true;
      continue;
    }
    if (answer.code !== "conflict") {
      if (mayHave && shows(await current(session, plan)) === "done") return { applied: true, auditIds: ids(answer) };
      return {
        applied: false,
        as: mayHave ? "unknown" : "failed",
        why: `The cluster refused it: ${answer.says}`,
        auditIds: ids(answer),
      };
    }
    const object = await current(session, plan);
    const verdict = mayHave ? shows(object) : "not-done";
    if (verdict === "done") return { applied: true, auditIds: ids(answer) };
    if (verdict === "unclear")
      return {
        applied: false,
        as: "unknown",
        why: "The object was changed by somebody while our own call went unanswered; look whether it was done before.",
        auditIds: ids(answer),
      };
    // Refused for certain. If only what churns has moved, the new version is a new precondition, written down first.
    const moved = object && (await stillApproved(bench, cluster, errand));
    if (!moved)
      return {
        applied: false,
        as: "failed",
        why: "The object was changed by somebody at the last moment; nothing was done.",
        auditIds: ids(answer),
      };
    // Whatever was sent before named a version that is gone: none of it can still have an effect.
    mayHave = false;
    const next = { ...intent, ...moved };
    await hold.step((now) => ({
      type: "intended",
      fence: hold.fence,
      intent: next,
      leaseUntil: now + bench.leaseMs,
    }));
    intent = next;
  }
  if (mayHave && shows(await current(session, plan)) === "done") return { applied: true, auditIds: [] };
  const why = mayHave
    ? "The cluster did not say whether it was done."
    : "The object never held still; nothing was done.";
  return { applied: false, as: mayHave ? "unknown" : "failed", why, auditIds: [] };
}

async function tryApply(call: () => Promise<ApiAnswer>): Promise<ApiAnswer | ClusterFault> {
  try {
    return await call();
  } catch (fault) {
    if (fault instanceof ClusterFault) return fault;
    throw fault;
  }
}

/** What of the object is now the precondition, if the plan made of it is still the one that was approved. */
async function stillApproved(
  bench: Bench,
  cluster: Cluster,
  { request }: Errand,
): Promise<Omit<Precondition, "step"> | undefined> {
  const operation = changeOf(request.operation);
  const session = await cluster.session(reader, request.id);
  const plan = await actOf(operation).plan(session, operation, await bench.store.now());
  if ("unplannable" in plan) return undefined;
  const asker = { request: request.id, requester: request.requester, reason: request.reason };
  return digestOf(asker, plan) === request.digest ? preconditionOf(plan) : undefined;
}

/** What an intent names of a plan that was just made. */
export function preconditionOf({ live }: ChangePlan): Omit<Precondition, "step"> {
  const { resourceVersion, generation } = live;
  return { resourceVersion, ...(generation === undefined ? {} : { generation }) };
}

function aboutOf(stamp: Stamp, { generation }: Precondition): About {
  return { stamp, generation };
}

async function follow(bench: Bench, hold: Hold, session: BoundSession, errand: Errand): Promise<Ending> {
  const { plan, request } = errand;
  const act = actOf(changeOf(request.operation));
  if (!act.follow) return { well: true, says: "done" };
  const from = await current(session, plan);
  if (!from) return { well: false, why: "the object is gone" };
  const signal = AbortSignal.any([hold.signal, AbortSignal.timeout(bench.watchMs)]);
  const ending = await act.follow({ session, plan, from, tell: (says) => hold.tell({ says }), signal });
  if (hold.signal.aborted) throw hold.signal.reason;
  return ending;
}

/** The object as it is, or undefined when it is gone. */
async function current(session: BoundSession, plan: ChangePlan): Promise<KubeObject | undefined> {
  try {
    return (await session.get(plannedRef(plan.object))).object;
  } catch (fault) {
    if (fault instanceof ClusterFault && fault.code === "not-found") return undefined;
    throw fault;
  }
}

function ids(fault: ClusterFault): readonly string[] {
  return fault.auditId === undefined ? [] : [fault.auditId];
}
