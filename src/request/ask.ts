import { spoken } from "../operation/catalogue.ts";
import { digestOf } from "../operation/digest.ts";
import { isRead, type Operation } from "../operation/operation.ts";
import { planOfRead } from "../operation/plan.ts";
import { type Refusal, refuse } from "../operation/refusal.ts";
import { decide } from "../policy/decide.ts";
import { whyReasonFails } from "../policy/reason.ts";
import type { Subject } from "../policy/subject.ts";
import { factsNow } from "./circumstances.ts";
import type { Desk } from "./desk.ts";
import { askedStatement, type Origin, type Planning, type Request } from "./request.ts";

/** An operation, asked for by a known person at a known place. */
export interface Asking {
  readonly subject: Subject;
  readonly origin: Origin;
  readonly operation: Operation;
  readonly reason: string;
}

/**
 * Opens a request, or says which rule refuses it. The policy is decided on what is known now, and again on the plan.
 * A read needs no look at the cluster to be planned, so it is complete at once.
 */
export async function ask(desk: Desk, asking: Asking): Promise<Request | Refusal> {
  const { subject, origin, operation, reason } = asking;
  const now = await desk.store.now();
  const plan = isRead(operation) ? "unknown" : "not-yet";
  const decision = decide(
    desk.policy.current(),
    await factsNow(desk, { subject, operation, plan, origin, askedAt: now, now }),
  );
  if (!decision.allowed) {
    await desk.trail.append({
      kind: "request.refused",
      subject: subject.sub,
      code: decision.rule === "no permit" ? "not-permitted" : "forbidden",
      why: decision.says,
      spoken: spoken(operation),
      policy: decision.policy,
    });
    return refuse(decision.rule === "no permit" ? "not-permitted" : "forbidden", decision.says, decision.remedy);
  }
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
    digest: digestOf({ request: asked.id, requester: subject.sub, reason }, read),
  });
}
