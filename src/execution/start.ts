import type { Cluster } from "../ports/cluster.ts";
import type { Executing, Granted } from "../request/request.ts";
import type { FreshPlan } from "./act.ts";
import { keptOf, preconditionOf } from "./apply-once.ts";
import type { Bench } from "./bench.ts";
import { carryOut } from "./carry-out.ts";
import type { Hold } from "./hold.ts";
import { type Ticket, ticketOf } from "./ticket.ts";

/**
 * Intent, ticket, act, in this order, on a plan that was just made and is the one that was approved. A crash leaves an
 * intent: `recover` finds out by the ticket and the object whether anything was done. Gives back the ticket of whoever
 * was there before, and has done nothing then.
 */
export async function start(
  bench: Bench,
  hold: Hold,
  cluster: Cluster,
  request: Granted | Executing,
  plan: FreshPlan,
): Promise<Ticket | undefined> {
  const intent = { step: 0, ...preconditionOf(plan) };
  const { fence } = hold;
  await hold.step((now) => ({ type: "intended", fence, intent, leaseUntil: now + bench.leaseMs, ...keptOf(plan) }));
  const ticket = await cluster.takeTicket(request.id, ticketOf(bench, hold, request, intent));
  if (ticket !== "mine") return ticket.taken;
  await carryOut(bench, hold, cluster, { request, plan, intent, begunBefore: false });
  return undefined;
}
