import { matchesOperation, permitHolds } from "./matching.ts";
import type { Allowed, Decision, DecisionFacts, Denied, Permit, Policy, Tier } from "./policy.ts";

/** Whether this tier takes a review afterwards instead of approvals. */
export function isBreakGlass({ requirements }: Tier): boolean {
  return requirements.breakGlass !== undefined;
}

/**
 * What it takes to break the glass where the policy allows it the usual way, for `usual`. Only a rule that names the person
 * and the operation leads there; of a runbook, each of its steps as well. Where several do, the weakest of their tiers
 * counts, as with permits, and of steps the strictest. The document has seen to it that such a tier asks for no less than
 * any other in everything but the approvals, so nothing but these is traded for the review.
 */
export function breakTheGlass(policy: Policy, facts: DecisionFacts, usual: Allowed): Decision {
  const named: Permit[] = [];
  for (const part of [facts, ...(facts.runbook?.steps ?? [])]) {
    const rules = (policy.breakGlass ?? []).filter((rule) => permitHolds(rule, part) && placeOf(policy, rule) >= 0);
    const [first, ...more] = rules;
    if (!first) return nobody(policy, part);
    named.push(more.reduce((low, rule) => (placeOf(policy, rule) < placeOf(policy, low) ? rule : low), first));
  }
  const top = named.reduce((high, rule) => (placeOf(policy, rule) > placeOf(policy, high) ? rule : high));
  const tier = policy.tiers[placeOf(policy, top)];
  if (!tier) return nobody(policy, facts);
  const rules = [...new Set([...usual.rules, ...named.map(({ name }) => name)])];
  return { allowed: true, tier: tier.name, requirements: tier.requirements, rules, policy: policy.revision };
}

/** Where the tier stands that this rule leads into; -1 for one that is none of break-glass. */
function placeOf({ tiers }: Policy, { tier }: Permit): number {
  return tiers.findIndex((one) => one.name === tier && isBreakGlass(one) && one.deny === undefined);
}

function nobody({ breakGlass = [], revision }: Policy, { subject, operation }: DecisionFacts): Denied {
  const who = breakGlass
    .filter((rule) => matchesOperation(rule.operations, operation))
    .flatMap((rule) => rule.subjects);
  const names = [...new Set(who)].map((name) => name.replace(/^group:/, "the group "));
  return {
    allowed: false,
    rule: "no break-glass",
    says: `No rule lets ${subject.sub} break the glass for ${operation}.`,
    remedy:
      names.length === 0 ? "Nobody may. Ask without it." : `Those who may are: ${names.join(", ")}. Ask without it.`,
    policy: revision,
  };
}
