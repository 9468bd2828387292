import { spanInWords } from "../operation/span.ts";
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
  return within === undefined ? "for this very plan" : `for this very plan or not older than ${spanInWords(within)}`;
}
