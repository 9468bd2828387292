import type { Cluster } from "../cluster-port.ts";
import type { Executing } from "../request/request.ts";
import { type ChangePlan, changePlanOf } from "./act.ts";
import type { Bench } from "./bench.ts";
import { carryOut } from "./carry-out.ts";
import { whyNot } from "./check-grant.ts";
import { endUnknown, type Hold, LeaseLost } from "./hold.ts";
import { rePlan } from "./re-plan.ts";
import { start } from "./start.ts";
import { preconditionIn, type Ticket, ticketOf } from "./ticket.ts";

/**
 * Finds out what became of a run whose worker is gone, and ends it. Whoever writes into Redis can write an intent, so
 * what it names is not believed: the ticket in the cluster says from which version of the object a call was allowed.
 */
export async function recover(bench: Bench, hold: Hold, cluster: Cluster, request: Executing): Promise<void> {
  const refused = await whyNot(bench, request);
  const plan = changePlanOf(request.plan);
  if (refused !== undefined || !plan)
    return endUnknown(hold, `It had begun, and cannot be gone on with: ${refused ?? "the plan is about no object"}.`);
  const ticket = (await cluster.ticket(request.id)) ?? (await beginAgain(bench, hold, cluster, request));
  if (ticket) await resume(bench, hold, cluster, { request, plan, ticket });
}

/** Without a ticket nothing was done yet: it is begun under all that holds for a beginning. */
async function beginAgain(bench: Bench, hold: Hold, cluster: Cluster, request: Executing): Promise<Ticket | undefined> {
  const late = (await bench.store.now()) > request.grant.grant.notAfter;
  const fresh = late ? "the grant ran out" : await rePlan(bench, cluster, request);
  if (typeof fresh !== "string") return start(bench, hold, cluster, request, fresh);
  // Taken even to do nothing: else the earlier worker could wake up and act after that was said.
  const ticket = await cluster.takeTicket(request.id, ticketOf(bench, hold, request));
  if (ticket !== "mine") return ticket.taken;
  const says = `Its worker was lost before it began, and nothing was done: ${fresh.replace(/\.$/, "")}.`;
  await hold.step((at) => ({
    type: "finished",
    fence: hold.fence,
    as: "failed",
    outcome: { at, says, apiAuditIds: [] },
  }));
  return undefined;
}

/** Goes on with what the ticket allows. */
async function resume(
  bench: Bench,
  hold: Hold,
  cluster: Cluster,
  { request, plan, ticket }: { request: Executing; plan: ChangePlan; ticket: Ticket },
): Promise<void> {
  // Else this worker could act after a later one has said, for certain, that nothing was done.
  if (Number(ticket["fence"]) > hold.fence) throw new LeaseLost(request.id, "a later worker took the ticket");
  if (ticket["digest"] !== request.digest)
    return endUnknown(hold, "The cluster holds a ticket of this request for another plan.");
  const precondition = preconditionIn(ticket);
  if (!precondition)
    return endUnknown(hold, "The cluster holds a ticket of this request that allows no call: it had ended before.");
  await carryOut(bench, hold, cluster, { request, plan, intent: { step: 0, ...precondition }, begunBefore: true });
}
