import type { Cluster } from "../ports/cluster.ts";
import type { Executing, Granted } from "../request/request.ts";
import { type ChangePlan, changePlanOf } from "./act.ts";
import type { Bench } from "./bench.ts";
import { carryOut } from "./carry-out.ts";
import { whyNot } from "./check-grant.ts";
import { freshPlan } from "./fresh-plan.ts";
import { endUnknown, type Hold, LeaseLost } from "./hold.ts";
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
  const late = (await bench.store.now()) > request.grant.grant.notAfter;
  const unbegun = (why: string) =>
    `Its worker was lost before it began, and nothing was done: ${why.replace(/\.$/, "")}.`;
  const anew = () => freshPlan(bench, cluster, request);
  await goOn(bench, hold, cluster, { request, plan, late, anew, unbegun });
}

/** What may have begun already, and what is to be known to go on with it. */
export interface Lost {
  readonly request: Granted | Executing;
  readonly plan: ChangePlan;
  /** Nothing may be begun any more. */
  readonly late: boolean;
  /** The plan anew, or why it must not be begun. */
  anew(): Promise<ChangePlan | string>;
  /** What to say where it was not begun and is not begun now. */
  unbegun(why: string): string;
}

/** Goes on with what the ticket allows, or begins where nobody took one. */
export async function goOn(bench: Bench, hold: Hold, cluster: Cluster, lost: Lost): Promise<void> {
  const ticket = (await cluster.ticket(lost.request.id)) ?? (await beginAgain(bench, hold, cluster, lost));
  if (ticket) await resume(bench, hold, cluster, { ...lost, ticket });
}

/** Without a ticket nothing was done yet: it is begun under all that holds for a beginning. */
async function beginAgain(
  bench: Bench,
  hold: Hold,
  cluster: Cluster,
  { request, late, anew, unbegun }: Lost,
): Promise<Ticket | undefined> {
  const fresh = late ? "the grant ran out" : await anew();
  if (typeof fresh !== "string") return start(bench, hold, cluster, request, fresh);
  // Taken even to do nothing: else the earlier worker could wake up and act after that was said.
  const ticket = await cluster.takeTicket(request.id, ticketOf(bench, hold, request));
  if (ticket !== "mine") return ticket.taken;
  await hold.step((at) => ({
    type: "finished",
    fence: hold.fence,
    as: "failed",
    outcome: { at, says: unbegun(fresh), apiAuditIds: [] },
  }));
  return undefined;
}

/** Goes on with what the ticket allows. */
async function resume(
  bench: Bench,
  hold: Hold,
  cluster: Cluster,
  { request, plan, ticket }: Pick<Lost, "request" | "plan"> & { ticket: Ticket },
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
