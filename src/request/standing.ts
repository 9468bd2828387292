import { type Refusal, refuse } from "../operation/refusal.ts";
import { type AuthenticatorName, authenticatorWords, countingAuthenticators } from "../policy/authenticator.ts";
import type { StepUp } from "../policy/policy.ts";
import { stepUpWords } from "../policy/words.ts";
import type { Desk } from "./desk.ts";

/** What a person would have to do before their word counts. */
export type Standing =
  /** `ways`: by any of these they can prove presence, weakest first; empty = no proof is needed now. */
  | { readonly may: true; readonly ways: readonly AuthenticatorName[] }
  /** `not-enrolled`: only a proof is missing, and they have no way to give one. */
  | { readonly may: false; readonly refusal: Refusal };

/** How one stands who lacks a proof alone: by what is set up here, counts for the step-up, and is theirs. */
export async function standingWithoutProof(
  { authenticators }: Pick<Desk, "authenticators">,
  subject: string,
  stepUp: StepUp,
): Promise<Standing> {
  const here = countingAuthenticators(stepUp).flatMap((name) => authenticators.get(name) ?? []);
  const theirs = await Promise.all(here.map((authenticator) => authenticator.isEnrolled(subject)));
  const ways = here.filter((_, i) => theirs[i]).map(({ name }) => name);
  return ways.length > 0 ? { may: true, ways } : { may: false, refusal: noWay(here, stepUp) };
}

function noWay(here: readonly { readonly name: AuthenticatorName }[], stepUp: StepUp): Refusal {
  const names = here.map(({ name }) => authenticatorWords[name]).join(" or ");
  const next = names ? `Ask an administrator to enrol you for ${names}.` : "None of these is set up here.";
  return refuse(
    "not-enrolled",
    "You have no way to prove presence that counts here.",
    `It takes ${stepUpWords(stepUp)}. ${next}`,
  );
}
