import { WitnessAway } from "../challenge/witness-away.ts";
import { isRead } from "../operation/operation.ts";
import { type Cluster, ClusterFault } from "../ports/cluster.ts";
import type { Executing, Granted } from "../request/request.ts";
import { accountOf, type Bench, clusterOf } from "./bench.ts";
import { whyNot } from "./check-grant.ts";
import { freshPlan } from "./fresh-plan.ts";
import { claim, endUnknown, type Hold, LeaseLost, MustWait } from "./hold.ts";
import { awaited, holdUp } from "./hold-up.ts";
import { read } from "./read.ts";
import { recover } from "./recover.ts";
import { beginSteps, recoverSteps } from "./run-steps.ts";
import { start } from "./start.ts";

/**
 * Runs what was granted, at most once, or finds out what became of a run whose worker is gone. Any number of workers
 * may be called for one request at any time: the claim lets one through, and its fence shuts out all before it.
 */
export async function execute(bench: Bench, request: Granted | Executing): Promise<void> {
  const cluster = clusterOf(bench, request.operation);
  if (!cluster) return;
  const taken = await claim(bench, request.id);
  if (!taken) return;
  const { hold } = taken;
  try {
    if (taken.request.state === "granted") await begin(bench, hold, cluster, taken.request);
    else if (taken.request.operation.kind === "runbook") await recoverSteps(bench, hold, cluster, taken.request);
    else await recover(bench, hold, cluster, taken.request);
  } catch (fault) {
    // Whoever took the request over goes on with it; this worker must write nothing more.
    if (fault instanceof LeaseLost) return bench.log("lease lost", { request: request.id, why: fault.message });
    // Its turn comes when the other is done or the freeze is lifted; until then the record says what it waits for.
    if (fault instanceof MustWait) return await holdUp(bench.mover, request.id, fault.why, hold.fence);
    // Only where it has not begun: what has begun is recovered when the lease is over.
    const why = fault instanceof WitnessAway ? fault.message : passingOf(fault, request.operation.cluster);
    if (why !== undefined) await holdUp(bench.mover, request.id, why, hold.fence);
    throw fault;
  } finally {
    hold.release();
  }
}

function passingOf(fault: unknown, cluster: string): string | undefined {
  return fault instanceof ClusterFault ? awaited(fault, cluster) : undefined;
}

// A crash anywhere in `begin` before the intent leaves a claim without intent: when the lease is over, the next worker
// begins again from the claim.
async function begin(bench: Bench, hold: Hold, cluster: Cluster, request: Granted): Promise<void> {
  const { fence } = hold;
  const refused = await whyNot(bench, request);
  if (refused !== undefined) {
    await hold.step(() => ({ type: "grant-refused", fence, why: refused }));
    return;
  }
  if (isRead(request.operation)) return perform(bench, hold, cluster, request);
  if (request.operation.kind === "runbook") return beginSteps(bench, hold, cluster, request);
  const fresh = await freshPlan(bench, cluster, request);
  if (typeof fresh === "string") {
    await hold.step(() => ({ type: "conflicted", fence, why: fresh }));
    return;
  }
  const taken = await start(bench, hold, cluster, request, fresh);
  if (taken)
    // The cluster remembers a run that our own record does not: it was lost or set back. Nobody may guess.
    await endUnknown(
      hold,
      `The cluster holds a ticket of this request already (fence ${taken["fence"] ?? "unknown"}): it has begun before, and the record of it is lost.`,
    );
}

/** A read under its grant: it changes nothing, so it needs neither intent nor ticket. */
async function perform(bench: Bench, hold: Hold, cluster: Cluster, request: Granted): Promise<void> {
  const { operation } = request;
  if (!isRead(operation)) throw new Error(`${operation.kind} is no read`);
  const session = await cluster.session(accountOf(operation), request.id);
  const found = await read(session, operation, await bench.store.now());
  const { fence } = hold;
  const credential = session.credential;
  await hold.step((now) =>
    "answer" in found
      ? {
          type: "finished",
          fence,
          as: "succeeded",
          outcome: { at: now, says: "answered", apiAuditIds: [], credential },
          answer: found.answer,
        }
      : {
          type: "finished",
          fence,
          as: "failed",
          outcome: { at: now, says: found.failed, apiAuditIds: [], credential },
        },
  );
}
