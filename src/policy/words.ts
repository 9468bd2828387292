import type { Requirements, StepUp } from "./policy.ts";

/** What a tier asks for, one sentence without its full stop each; empty = nothing. */
export function requirementWords({ stepUp, approvals }: Requirements): readonly string[] {
  const asked: string[] = [];
  if (stepUp) asked.push(`proof of the requester's presence, ${freshness(stepUp)}`);
  if (approvals) {
    const { count, from } = approvals;
    const people = `${count} ${count === 1 ? "other person" : "other people"} of ${from.join(" or ")} must approve`;
    asked.push(
      approvals.stepUp
        ? `${people}, ${count === 1 ? "" : "each "}with proof of presence, ${freshness(approvals.stepUp)}`
        : people,
    );
  }
  return asked;
}

function freshness({ within }: StepUp): string {
  return within === undefined ? "for this very plan" : `for this very plan or not older than ${span(within)}`;
}

const units = [
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** `15 minutes`, `1 hour 30 minutes`. */
function span(ms: number): string {
  let rest = ms;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
  }
  return parts.join(" ");
}
