import type { DecisionFacts, Policy, Requirements } from "./policy.ts";
import { stagesOf } from "./stages.ts";

/** What stands among the rules of a decision where only a user group in Slack permitted it. */
export const bySlackGroup = "a user group in Slack";

/** The groups in which Slack lists the requester, as far as the policy lets them count. */
export function slackGroupsOf({ slackGroups = {} }: Policy, facts: DecisionFacts): readonly string[] {
  return (facts.slackGroups ?? []).filter((name) => Object.hasOwn(slackGroups, name));
}

/** Whether somebody's presence must be proved by what even the web process cannot invent. */
export function asksForBoundProof(requirements: Requirements): boolean {
  const proofs = [requirements.stepUp, ...stagesOf(requirements).map(({ stepUp }) => stepUp)];
  return proofs.some((stepUp) => stepUp?.bound === true);
}
