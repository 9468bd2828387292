import { type Cluster, ClusterFault } from "../cluster-port.ts";
import { digestOf } from "../operation/digest.ts";
import { isChange } from "../operation/operation.ts";
import type { Executing, Granted } from "../request/request.ts";
import type { ChangePlan } from "./act.ts";
import { actOf, changeOf } from "./acts.ts";
import { type Precondition, preconditionOf } from "./apply-once.ts";
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
  const ticket = await cluster.takeTicket(request.id, ticketOf(bench, hold, request, intent));
  if (ticket !== "mine") {
    // The cluster remembers a run that our own record does not: it was lost or set back. Nobody may guess.
    const by = ticket.taken["fence"] ?? "unknown";
    return unknown(
      hold,
      `The cluster holds a ticket of this request already (fence ${by}): it has begun before, and the record of it is lost.`,
    );
  }
  await carryOut(bench, hold, cluster, { request, plan: fresh, intent, begunBefore: false });
}

/**
 * An earlier worker left an intent behind. Whoever writes into Redis can write one too, so what it names is not
 * believed: the ticket in the cluster says from which version of the object the one call was allowed.
 */
async function recover(bench: Bench, hold: Hold, cluster: Cluster, request: Executing): Promise<void> {
  const { fence } = hold;
  const refused = await whyNot(bench, request);
  const plan = planOf(request);
  if (refused !== undefined || !plan)
    return unknown(hold, `It had begun, and cannot be gone on with: ${refused ?? "the plan is about no object"}.`);
  const ticket = await cluster.ticket(request.id);
  if (ticket) return resume(bench, hold, cluster, { request, plan, ticket });
  // Without a ticket nothing was done yet: it is begun again, under all that holds for a beginning.
  const late = (await bench.store.now()) > request.grant.grant.notAfter;
  const fresh = late ? "the grant ran out before it began" : await rePlan(bench, cluster, request);
  const intent = typeof fresh === "string" ? undefined : { step: 0, ...preconditionOf(fresh) };
  if (intent) await hold.step((now) => ({ type: "intended", fence, intent, leaseUntil: now + bench.leaseMs }));
  // Taken even to do nothing: else the earlier worker could wake up and act after that was said.
  const answer = await cluster.takeTicket(request.id, ticketOf(bench, hold, request, intent));
  if (answer !== "mine") return resume(bench, hold, cluster, { request, plan, ticket: answer.taken });
  if (typeof fresh !== "string" && intent)
    return carryOut(bench, hold, cluster, { request, plan: fresh, intent, begunBefore: false });
  await hold.step((at) => ({
    type: "finished",
    fence,
    as: "failed",
    outcome: { at, says: `Not done: ${String(fresh)}; nothing was done.`, apiAuditIds: [] },
  }));
}

/** Goes on with what the ticket allows; it was taken in the cluster's own store, where no thief of Redis writes. */
async function resume(
  bench: Bench,
  hold: Hold,
  cluster: Cluster,
  { request, plan, ticket }: { request: Executing; plan: ChangePlan; ticket: Ticket },
): Promise<void> {
  // Else this worker could act after a later one has said, for certain, that nothing was done.
  if (Number(ticket["fence"]) > hold.fence) throw new LeaseLost(request.id, "a later worker took the ticket");
  if (ticket["digest"] !== request.digest)
    return unknown(hold, "The cluster holds a ticket of this request for another plan.");
  const precondition = preconditionIn(ticket);
  if (!precondition)
    return unknown(hold, "The cluster holds a ticket of this request that allows no call: it had ended before.");
  await carryOut(bench, hold, cluster, { request, plan, intent: { step: 0, ...precondition }, begunBefore: true });
}

function unknown(hold: Hold, says: string): Promise<void> {
  const { fence } = hold;
  return hold
    .step((at) => ({ type: "finished", fence, as: "unknown", outcome: { at, says, apiAuditIds: [] } }))
    .then(() => undefined);
}

/** The plan anew, with its dry run, if it is still the one that was approved; else what is different, for people. */
async function rePlan(
  bench: Bench,
  cluster: Cluster,
  request: Granted | Executing,
  look = 1,
): Promise<ChangePlan | string> {
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

function differenceOf(request: Granted | Executing, plan: ChangePlan): string {
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

type Ticket = Readonly<Record<string, string>>;

/** Without a precondition it allows no call, and only keeps others from one. */
function ticketOf(bench: Bench, hold: Hold, request: Granted | Executing, precondition?: Precondition): Ticket {
  const { resourceVersion, generation } = precondition ?? {};
  return {
    digest: request.digest,
    fence: String(hold.fence),
    worker: bench.worker,
    requester: request.requester,
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(generation === undefined ? {} : { generation: String(generation) }),
  };
}

function preconditionIn({ resourceVersion, generation }: Ticket): Omit<Precondition, "step"> | undefined {
  if (resourceVersion === undefined) return undefined;
  return { resourceVersion, ...(generation === undefined ? {} : { generation: Number(generation) }) };
}

function planOf({ plan }: Executing): ChangePlan | undefined {
  return plan.object ? { ...plan, object: plan.object } : undefined;
}
