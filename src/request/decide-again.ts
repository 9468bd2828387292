import { decide, stillAsked } from "../policy/decide.ts";
import type { Allowed } from "../policy/policy.ts";
import { whyReasonFails } from "../policy/reason.ts";
import type { Subject } from "../policy/subject.ts";
import { factsNow, type Sight } from "./circumstances.ts";
import type { Grant } from "./grant.ts";
import type { Wish } from "./move.ts";
import type { AwaitingApproval } from "./request.ts";

/** A rule's no, and the revision it stands in. */
interface Forbidding {
  readonly allowed: false;
  readonly rule: string;
  readonly says: string;
  readonly policy: string;
}

/** The policy still allows it as it was decided, with what only we saw; or no, and the rule that says so. */
type Again =
  | {
      readonly allowed: true;
      readonly decision: Allowed;
      readonly seen: Pick<Grant, "channel" | "unusual" | "slackGroups">;
    }
  | Forbidding;

/**
 * Decides the policy on the facts as they are now. The tier it was decided as holds on while the one it would come to now
 * is no higher: whoever met the higher bar is not sent back for a lower one, such as when a freeze ends meanwhile.
 */
export async function decideAgain(
  desk: Sight,
  { operation, plan, origin, askedAt, reason, breakGlass, decision: before }: AwaitingApproval,
  subject: Subject,
  now: number,
): Promise<Again> {
  const policy = desk.policy.current();
  const glass = breakGlass ? { breakGlass } : {};
  const facts = await factsNow(desk, { subject, operation, plan: plan.facts, origin, askedAt, now, ...glass });
  const decision = decide(policy, facts);
  if (!decision.allowed) return decision;
  const requirements = stillAsked(policy, before.tier, decision);
  if (!requirements)
    return {
      allowed: false,
      rule: "policy changed",
      says: `this is ${decision.tier} now and was asked for as ${before.tier}`,
      policy: policy.revision,
    };
  const unreasoned = refuseReason({ ...decision, requirements }, reason);
  if (unreasoned) return unreasoned;
  const { unusual, slackGroups } = facts;
  const seen = {
    channel: origin.channel,
    ...(unusual ? { unusual } : {}),
    ...(slackGroups ? { slackGroups } : {}),
  };
  return { allowed: true, decision: { ...decision, tier: before.tier, requirements }, seen };
}

/** The no of a tier to a reason that is not what it asks for. */
export function refuseReason({ requirements, policy }: Allowed, reason: string): Forbidding | undefined {
  const says = whyReasonFails(requirements, reason);
  return says === undefined ? undefined : { allowed: false, rule: "reason", says, policy };
}

/** The event that ends a request by a rule of the policy. */
export function forbidden({ rule, says, policy }: Forbidding): Wish {
  return { event: { type: "forbidden", rule, why: says, policy } };
}
