import { spanInWords } from "../operation/span.ts";
import { authenticatorWords, countingAuthenticators } from "./authenticator.ts";
import type { ApprovalRule, Escalation, Requirements, StepUp } from "./policy.ts";
import { stagesOf } from "./stages.ts";

/** What a tier asks for, one sentence without its full stop each; empty = nothing. */
export function requirementWords(requirements: Requirements): readonly string[] {
  const { stepUp, notify, expires, window, breakGlass } = requirements;
  const stages = stagesOf(requirements);
  return [
    ...(stepUp ? [`proof of the requester's presence, ${freshness(stepUp)}`] : []),
    ...reasonWords(requirements),
    ...stages.map((stage, i) => (stages.length > 1 ? `stage ${i + 1}: ${stageWords(stage)}` : stageWords(stage))),
    ...(breakGlass
      ? [
          "nobody's approval before",
          `a review within ${spanInWords(breakGlass.review)} of the grant, by somebody else of ${breakGlass.from.join(" or ")}; until then the requester breaks no glass again`,
        ]
      : []),
    ...(notify ? [`the channels ${notify.join(", ")} are told`] : []),
    ...(expires === undefined ? [] : [`all of it within ${spanInWords(expires)} of asking`]),
    ...(window === undefined ? [] : [`it must begin within ${spanInWords(window)} of the grant`]),
  ];
}

function reasonWords({ reason }: Requirements): readonly string[] {
  if (!reason) return [];
  const { minLength, tickets } = reason;
  const length = minLength === undefined ? "" : ` of at least ${minLength} characters`;
  const named = tickets ? ` that names a ticket (${listed(tickets.map((prefix) => `${prefix}-123`))})` : "";
  return [`a reason${length}${named}`];
}

function stageWords({ count, from, stepUp, remind, escalate }: ApprovalRule): string {
  const people = `${count} ${count === 1 ? "other person" : "other people"} of ${from.join(" or ")} must approve`;
  const proved = stepUp ? `${people}, ${count === 1 ? "" : "each "}with ${stepUpWords(stepUp)}` : people;
  const reminded = remind === undefined ? "" : `; they are reminded after ${spanInWords(remind)}`;
  const told = escalate ? `; it is escalated to ${escalationWords(escalate)} after ${spanInWords(escalate.after)}` : "";
  return `${proved}${reminded}${told}`;
}

/** To whom it is escalated, in a sentence. */
export function escalationWords({ to }: Escalation): string {
  const names = to.map((one) =>
    one.startsWith("group:") ? one.replace("group:", "the group ") : `the channel ${one}`,
  );
  return names.join(" and ");
}

/** A proof as it is asked for, in a sentence. */
export function stepUpWords(stepUp: StepUp): string {
  return `proof of presence, ${freshness(stepUp)}`;
}

/** What a proof must be, to stand behind "proof of presence". */
function freshness({ within, reuse, bound, by }: StepUp): string {
  const means = by ? `by ${listed(by.map((name) => authenticatorWords[name]))}, ` : "";
  if (bound)
    return `signed for this very plan by ${listed(countingAuthenticators({ bound, by }).map((name) => authenticatorWords[name]))}`;
  if (within !== undefined) return `${means}for this very plan or not older than ${spanInWords(within)}`;
  if (reuse !== undefined)
    return `${means}for this very plan, or for the same object in this tier and not older than ${spanInWords(reuse)}`;
  return `${means}for this very plan`;
}

function listed(words: readonly string[]): string {
  return words.join(" or ");
}
