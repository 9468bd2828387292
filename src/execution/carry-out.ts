import { type BoundSession, type Cluster, ClusterFault, type ClusterFaultCode } from "../ports/cluster.ts";
import type { RequestEvent } from "../request/event.ts";
import type { Ending } from "./act.ts";
import { actOf, changeOf } from "./acts.ts";
import { applyOnce, current, type Errand, ids } from "./apply-once.ts";
import { accountOf, type Bench } from "./bench.ts";
import { type Hold, LeaseLost } from "./hold.ts";

/**
 * The changing call, the rollout, the outcome. A crash anywhere in here leaves an intent and a ticket; the next worker
 * repeats the same bytes with the same precondition, of which at most one can ever have an effect.
 */
export async function carryOut(bench: Bench, hold: Hold, cluster: Cluster, errand: Errand): Promise<void> {
  const session = await open(bench, hold, cluster, errand);
  if (!session) return;
  try {
    const done = await applyOnce(bench, hold, { session, cluster }, errand);
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
    // Nothing is claimed that neither an answer nor the object told.
    const untold = done.told ? undefined : actOf(changeOf(errand.request.operation)).untold;
    const made =
      (end: Ending) =>
      (now: number): RequestEvent => ({
        type: "finished",
        fence: hold.fence,
        as: end.well ? "succeeded" : "failed",
        made: true,
        outcome: {
          at: now,
          says: end.well
            ? (untold ?? end.says)
            : `${untold ? "It is being removed" : "The change was made"}, but ${end.why}.`,
          apiAuditIds: [...done.auditIds, ...(end.auditIds ?? [])],
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
async function follow(bench: Bench, hold: Hold, session: BoundSession, errand: Errand): Promise<Ending> {
  const { plan, request } = errand;
  const act = actOf(changeOf(request.operation));
  if (!act.follow) return { well: true, says: "done" };
  const from = await current(session, errand);
  const signal = AbortSignal.any([hold.signal, AbortSignal.timeout(bench.watchMs)]);
  const maySend = !errand.begunBefore || (await bench.store.now()) <= request.grant.grant.notAfter;
  const ending = await act.follow({ session, plan, from, maySend, tell: (says) => hold.tell({ says }), signal });
  if (hold.signal.aborted) throw hold.signal.reason;
  return ending;
}
