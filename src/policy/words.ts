import { spanInWords } from "../operation/span.ts";
import { authenticatorWords, boundAuthenticators } from "./authenticator.ts";
import type { Requirements, StepUp } from "./policy.ts";

/** What a tier asks for, one sentence without its full stop each; empty = nothing. */
export function requirementWords({ stepUp, approvals }: Requirements): readonly string[] {
  const asked: string[] = [];
  if (stepUp) asked.push(`proof of the requester's presence, ${freshness(stepUp)}`);
  if (approvals) {
    const { count, from } = approvals;
    const people = `${count} ${count === 1 ? "other person" : "other people"} of ${from.join(" or ")} must approve`;
    asked.push(
      approvals.stepUp ? `${people}, ${count === 1 ? "" : "each "}with ${stepUpWords(approvals.stepUp)}` : people,
    );
  }
  return asked;
}

/** A proof as it is asked for, in a sentence. */
export function stepUpWords(stepUp: StepUp): string {
  return `proof of presence, ${freshness(stepUp)}`;
}

/** What a proof must be, to stand behind "proof of presence". */
function freshness({ within, bound, by }: StepUp): string {
  const means = by ? `by ${listed(by.map((name) => authenticatorWords[name]))}, ` : "";
  if (bound) return `${means}signed for this very plan (${listed(boundAuthenticators)})`;
  return `${means}${within === undefined ? "for this very plan" : `for this very plan or not older than ${spanInWords(within)}`}`;
}

function listed(words: readonly string[]): string {
  return words.join(" or ");
}
