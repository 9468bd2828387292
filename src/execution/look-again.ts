import { entryOf } from "../operation/catalogue.ts";
import type { Entry } from "../operation/entry.ts";
import { type Change, isChange } from "../operation/operation.ts";
import { type Cluster, ClusterFault, type KubeObject, type Session } from "../ports/cluster.ts";
import type { On } from "../request/event.ts";
import type { Unknown } from "../request/request.ts";
import { openLook } from "../request/unknown.ts";
import { type Act, type ChangePlan, changePlanOf, type Ending } from "./act.ts";
import { actOf, changeOf } from "./acts.ts";
import { current } from "./apply-once.ts";
import { type Bench, clusterOf, reader } from "./bench.ts";
import { whyNotAsGranted } from "./check-grant.ts";
import { makePlan } from "./make-plan.ts";
import { record, text } from "./objects/fields.ts";
import { preconditionIn, type Ticket, ticketOf } from "./ticket.ts";

/** How it ended as far as can be seen now; `unknown` where that is not certain. */
type Seen = Pick<On<"looked">, "as" | "says">;

/**
 * Looks once more what came of a request of which nobody can tell, by the ticket in the cluster and the object itself.
 * It sends no change, ever. Safe to call by any number of workers: the first answer to a look is kept.
 */
export async function lookAgain(bench: Bench, request: Unknown): Promise<void> {
  const look = openLook(request);
  const cluster = clusterOf(bench, request.operation);
  if (look === undefined || !cluster) return;
  const seen = await see(bench, cluster, request);
  await bench.mover.move(request.id, ({ request: now }) =>
    now.state === "unknown" && openLook(now) === look ? { event: { type: "looked", look, ...seen } } : undefined,
  );
}

async function see(bench: Bench, cluster: Cluster, request: Unknown): Promise<Seen> {
  const untrue = whyNotAsGranted(bench, request);
  if (untrue !== undefined) return unclear(`The record cannot be believed: ${untrue}.`);
  const plan = changePlanOf(request.plan);
  if (request.operation.kind === "runbook")
    return unclear(
      "The steps of a runbook are not looked at by a worker: look at their objects; the thread says how far it came.",
    );
  if (!isChange(request.operation) || !plan) return unclear("A read changes nothing; there is no object to look at.");
  try {
    // Taken even to do nothing: what was never begun can then never begin, and that is certain.
    const ticket = await cluster.takeTicket(request.id, ticketOf(bench, request.claim, request));
    const session = await cluster.session(reader, request.id);
    return await judge(bench, session, { request, plan, ticket: ticket === "mine" ? undefined : ticket.taken });
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    return unclear(`The cluster did not answer as it should: ${fault.says}`);
  }
}

/** What a look goes by; no ticket: nobody had taken one before this look did. */
interface Evidence {
  readonly request: Unknown;
  readonly plan: ChangePlan;
  readonly ticket: Ticket | undefined;
}

async function judge(bench: Bench, session: Session, evidence: Evidence): Promise<Seen> {
  const { request, plan, ticket } = evidence;
  if (ticket && ticket["digest"] !== request.digest)
    return unclear("The cluster holds a ticket of this request for another plan.");
  const allowed = ticket && preconditionIn(ticket);
  const operation = changeOf(request.operation);
  const act = actOf(operation);
  const object = await current(session, evidence);
  const stamp = { request: request.id, digest: request.digest, at: request.grant.grant.grantedAt };
  const verdict = act.shows(object, plan, { stamp, generation: allowed?.generation });
  if (!allowed)
    return verdict === "done"
      ? unclear("No call of this request was ever allowed, and yet the object is as if it had been made.")
      : { as: "failed", says: "Looked again: no call was ever sent, and none can be any more. Nothing was done." };
  if (verdict === "done")
    return ended(await endingOf(session, evidence, object), actOf(changeOf(request.operation)).untold);
  const now = await asItIs(bench, session, evidence);
  if (verdict === "unclear") return unclear(`The object does not show whether it was done. ${now}`);
  return noCallCanCome({ ...entryOf(operation), ...act }, object, versionsOf(evidence))
    ? {
        as: "failed",
        says: "Looked again: the object was not changed, and no call can reach it any more. Nothing was done.",
      }
    : unclear(`The object does not show that it was done, but a call may still be on its way. ${now}`);
}

/** The versions of the object that calls of ours were ever bound to, as far as ticket and record know. */
function versionsOf({ request, ticket }: Evidence): readonly (string | undefined)[] {
  return [ticket?.["resourceVersion"], request.intent?.resourceVersion];
}

/**
 * Whether every version of the object that a call of ours was bound to is gone, so that one which a worker still holds
 * back would be refused. What may have been sent without a version, or makes another object, can come at any time.
 */
export function noCallCanCome(
  { idempotent, mark }: Pick<Entry<Change>, "idempotent"> & Pick<Act, "mark">,
  object: KubeObject | undefined,
  versions: readonly (string | undefined)[],
): boolean {
  const version = text(record(object?.["metadata"])["resourceVersion"]);
  return idempotent && !mark && version !== "" && !versions.includes(version);
}

/** What came of the change by now, where that can be seen at one glance; undefined while it is still under way. */
async function endingOf(
  session: Session,
  { request, plan }: Evidence,
  from: KubeObject | undefined,
): Promise<Ending | undefined> {
  const act = actOf(changeOf(request.operation));
  if (!act.follow) return { well: true, says: "done" };
  let underWay = false;
  const glance: Session = {
    ...session,
    watch() {
      underWay = true;
      return nothing();
    },
  };
  const signal = new AbortController().signal;
  const ending = await act.follow({ session: glance, plan, from, maySend: false, tell: async () => undefined, signal });
  return underWay ? undefined : ending;
}

async function* nothing(): AsyncGenerator<KubeObject> {
  yield* [];
}

function ended(ending: Ending | undefined, untold: string | undefined): Seen {
  if (!ending) return unclear("The change was made, and what it set off is still under way.");
  return ending.well
    ? { as: "succeeded", says: `${untold ?? ending.says}, as was seen when it was looked at again` }
    : { as: "failed", says: `${untold ? "It is being removed" : "The change was made"}, but ${ending.why}.` };
}

/** The object as it stands, in the words of a plan made of it now. */
async function asItIs(bench: Bench, session: Session, { request }: Evidence): Promise<string> {
  try {
    const plan = await makePlan(bench, session, request);
    if ("unplannable" in plan) return plan.unplannable;
    return `Now: ${plan.changes.map(({ field, from }) => `${field} is ${from}`).join("; ")}.`;
  } catch (fault) {
    if (fault instanceof ClusterFault && fault.code === "not-found") return "The object is gone.";
    throw fault;
  }
}

function unclear(says: string): Seen {
  return { as: "unknown", says };
}
