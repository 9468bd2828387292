import { type Cluster, ClusterFault } from "../cluster-port.ts";
import { digestOf } from "../operation/digest.ts";
import { isChange } from "../operation/operation.ts";
import type { Executing, Granted } from "../request/request.ts";
import type { ChangePlan } from "./act.ts";
import { actOf, changeOf } from "./acts.ts";
import { preconditionOf } from "./apply-once.ts";
import { accountOf, type Bench, clusterOf, looks, reader } from "./bench.ts";
import { carryOut } from "./carry-out.ts";
import { whyNot, whyNotByPolicy } from "./check-grant.ts";
import { claim, type Hold, LeaseLost, TargetBusy } from "./hold.ts";
import { holdUp } from "./hold-up.ts";
import { read } from "./read.ts";

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
    else await recover(bench, hold, cluster, taken.request);
  } catch (fault) {
    // Whoever took the request over goes on with it; this worker must write nothing more.
    if (fault instanceof LeaseLost) return bench.log("lease lost", { request: request.id, why: fault.message });
    // Its turn comes when the other is done; until then the record says for whom it waits.
    if (fault instanceof TargetBusy) return await holdUp(bench.mover, request.id, fault.why, hold.fence);
    throw fault;
  } finally {
    hold.release();
  }
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
  if (!isChange(request.operation)) return perform(bench, hold, cluster, request);
  const fresh = await rePlan(bench, cluster, request);
  if (typeof fresh === "string") {
    await hold.step(() => ({ type: "conflicted", fence, why: fresh }));
    return;
  }
  const intent = { step: 0, ...preconditionOf(fresh) };
  await hold.step((now) => ({ type: "intended", fence, intent, leaseUntil: now + bench.leaseMs }));
  // A crash from here on leaves an intent: `recover` finds out by the ticket and the object whether anything was done.
  const ticket = await cluster.takeTicket(request.id, ticketOf(bench, hold, request));
  if (ticket !== "mine") {
    // The cluster remembers a run that our own record does not: it was lost or set back. Nobody may guess.
    const says = `The cluster holds a ticket of this request already (fence ${ticket.taken["fence"] ?? "unknown"}): it has begun before, and the record of it is lost.`;
    await hold.step((now) => ({ type: "finished", fence, as: "unknown", outcome: { at: now, says, apiAuditIds: [] } }));
    return;
  }
  await carryOut(bench, hold, cluster, { request, plan: fresh, intent, begunBefore: false });
}

/** An earlier worker left an intent behind. The grant was checked before it; here it is checked for having been edited since. */
async function recover(bench: Bench, hold: Hold, cluster: Cluster, request: Executing): Promise<void> {
  const { fence } = hold;
  const refused = await whyNot(bench, request);
  const plan = planOf(request);
  if (refused !== undefined || !plan) {
    const says = `It had begun, and cannot be gone on with: ${refused ?? "the plan is about no object"}.`;
    await hold.step((now) => ({ type: "finished", fence, as: "unknown", outcome: { at: now, says, apiAuditIds: [] } }));
    return;
  }
  const ticket = await cluster.takeTicket(request.id, ticketOf(bench, hold, request));
  // `mine`: the earlier worker never got as far as the ticket, and will find it taken if it wakes up.
  const begunBefore = ticket !== "mine";
  // Else it could act after that one has said, for certain, that nothing was done.
  if (begunBefore && Number(ticket.taken["fence"]) > fence)
    throw new LeaseLost(request.id, "a later worker took the ticket");
  if (begunBefore && ticket.taken["digest"] !== request.digest) {
    const says = "The cluster holds a ticket of this request for another plan.";
    await hold.step((now) => ({ type: "finished", fence, as: "unknown", outcome: { at: now, says, apiAuditIds: [] } }));
    return;
  }
  await carryOut(bench, hold, cluster, { request, plan, intent: request.intent, begunBefore });
}

/** The plan anew, with its dry run, if it is still the one that was approved; else what is different, for people. */
async function rePlan(bench: Bench, cluster: Cluster, request: Granted, look = 1): Promise<ChangePlan | string> {
  const operation = changeOf(request.operation);
  const act = actOf(operation);
  try {
    const [session, own] = await Promise.all([
      cluster.session(reader, request.id),
      cluster.session(accountOf(operation), request.id),
    ]);
    const plan = await act.plan(session, operation, await bench.store.now());
    if ("unplannable" in plan) return plan.unplannable;
    const asker = { request: request.id, requester: request.requester, reason: request.reason };
    if (digestOf(asker, plan) !== request.digest) return differenceOf(request, plan);
    const raised = await whyNotByPolicy(bench, request, plan.facts);
    if (raised !== undefined) return raised;
    const stamp = { request: request.id, digest: request.digest, at: request.grant.grant.grantedAt };
    await act.apply(own, plan, { stamp, resourceVersion: plan.live.resourceVersion, dryRun: true });
    return plan;
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    if (fault.code === "not-found") return "the object is gone";
    if (fault.code === "invalid" || fault.code === "forbidden" || fault.code === "disruption-budget")
      return `the cluster refuses it now: ${fault.says}`;
    if (fault.code === "conflict" && look < looks) return rePlan(bench, cluster, request, look + 1);
    // Nothing was changed: the lease runs out, and it is tried again until the grant is over.
    throw fault;
  }
}

function differenceOf(request: Granted, plan: ChangePlan): string {
  const before = request.plan;
  if (before.object?.uid !== plan.object.uid) return "the object was deleted, and another of the same name made";
  const moved = plan.changes.filter((change, i) => change.from !== before.changes[i]?.from);
  if (moved.length > 0)
    return `since it was approved, ${moved.map(({ field, from }) => `${field} became ${from}`).join(" and ")}`;
  return "the object was changed since it was approved";
}

/** A read under its grant: it changes nothing, so it needs neither intent nor ticket. */
async function perform(bench: Bench, hold: Hold, cluster: Cluster, request: Granted): Promise<void> {
  const { operation } = request;
  if (operation.kind !== "get") throw new Error(`${operation.kind} is no read`);
  const session = await cluster.session(reader, request.id);
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

function ticketOf(bench: Bench, hold: Hold, request: Granted | Executing): Record<string, string> {
  return { digest: request.digest, fence: String(hold.fence), worker: bench.worker, requester: request.requester };
}

function planOf({ plan }: Executing): ChangePlan | undefined {
  return plan.object ? { ...plan, object: plan.object } : undefined;
}
