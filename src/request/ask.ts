import { digestOf } from "../operation/digest.ts";
import { isRead, type Operation } from "../operation/operation.ts";
import { planOfRead } from "../operation/plan.ts";
import { type Refusal, refuse } from "../operation/refusal.ts";
import { decide } from "../policy/decide.ts";
import { whyReasonFails } from "../policy/reason.ts";
import type { Subject } from "../policy/subject.ts";
import { askedStatement, askerOf, commandOf, type Origin } from "./asked.ts";
import { factsNow } from "./circumstances.ts";
import { openReviewOf, reviewOwed } from "./debt.ts";
import type { Desk } from "./desk.ts";
import type { Planning, Request } from "./request.ts";

/** An operation, asked for by a known person at a known place. */
export interface Asking {
  readonly subject: Subject;
  readonly origin: Origin;
  readonly operation: Operation;
  readonly reason: string;
  /** They say that they break the glass. */
  readonly breakGlass?: true;
}

/**
 * Opens a request, or says which rule refuses it. The policy is decided on what is known now, and again on the plan.
 * A read needs no look at the cluster to be planned, so it is complete at once.
 */
export async function ask(desk: Desk, asking: Asking): Promise<Request | Refusal> {
  const { subject, origin, operation, reason, breakGlass } = asking;
  const glass = breakGlass ? { breakGlass } : {};
  const now = await desk.store.now();
  const plan = isRead(operation) ? "unknown" : "not-yet";
  const decision = decide(
    desk.policy.current(),
    await factsNow(desk, { subject, operation, plan, origin, askedAt: now, now, ...glass }),
  );
  if (!decision.allowed) {
    const code = notPermitted.has(decision.rule) ? "not-permitted" : "forbidden";
    return recorded(desk, asking, refuse(code, decision.says, decision.remedy), decision.policy);
  }
  const owed = breakGlass && (await openReviewOf(desk, subject.sub));
  if (owed) return recorded(desk, asking, reviewOwed(owed), decision.policy);
  const unreasoned = whyReasonFails(decision.requirements, reason);
  if (unreasoned !== undefined)
    return refuse("bad-arguments", `In the tier ${decision.tier}, ${unreasoned}.`, "Ask again with such a reason.");
  const words = {
    id: desk.chance.requestId(),
    operation,
    reason,
    requester: subject.sub,
    origin,
    askedAt: now,
    expiresAt: now + desk.lifetimes.request,
    ...glass,
  };
  const asked: Planning = {
    state: "planning",
    ...words,
    signature: desk.attestor.attest(askedStatement(words)),
  };
  if (!isRead(operation)) return desk.mover.open(asked);
  const read = planOfRead(operation, now);
  return desk.mover.open({
    ...asked,
    plan: read,
    digest: digestOf(askerOf(asked), read),
  });
}

/** Rules whose no is about who asks. */
const notPermitted: ReadonlySet<string> = new Set(["no permit", "no break-glass"]);

/** Nothing is recorded but the no itself, before the person is told. */
async function recorded({ trail }: Desk, asking: Asking, no: Refusal, policy: string): Promise<Refusal> {
  const { refused: code, says: why } = no;
  await trail.append({
    kind: "request.refused",
    subject: asking.subject.sub,
    ...{ code, why, spoken: commandOf(asking), policy },
  });
  return no;
}
