import { type ConditionFault, compileCondition } from "./condition.ts";
import { toldFacts } from "./condition-facts.ts";
import { type WrittenTier, writtenStages } from "./tier-document.ts";

/**
 * What is wrong with a condition that lifts to this tier. Whoever holds the web process can say what it likes of the
 * facts that only the web process sees, and can invent every proof that is not bound: so that nothing is won by lying
 * about those facts, they never stand between anybody and a bound proof, or a denial.
 */
export function faultOfCondition(
  text: string,
  tier: WrittenTier | undefined,
  { incidents }: { readonly incidents?: unknown },
): ConditionFault | undefined {
  const condition = compileCondition(text);
  if ("fault" in condition) return condition;
  const told = [...condition.about].find((root) => toldFacts.has(root));
  if (condition.about.has("incident") && incidents === undefined)
    return { fault: "no channel is one of an incident: name them under `incidents`, `channels`", offset: 0 };
  if (told === undefined || !tier || !isBeyondWeb(tier)) return undefined;
  const asks = tier.deny === undefined ? "asks for bound proof" : "denies";
  return { fault: `only the web process sees \`${told}\`, so it cannot decide about a tier that ${asks}`, offset: 0 };
}

/** What even all that the web process holds does not get past. */
function isBeyondWeb(tier: WrittenTier): boolean {
  const proofs = [tier.stepUp, ...writtenStages(tier).map(({ stepUp }) => stepUp)];
  return tier.deny !== undefined || proofs.some((stepUp) => stepUp?.bound === true);
}
