import {
  type Challenge,
  type Claim,
  type Proof,
  type ProofScope,
  proofStatement,
  type Response,
} from "../challenge/challenge.ts";
import { isStrongEnough } from "../challenge/verify.ts";
import { type Refusal, refuse } from "../operation/refusal.ts";
import { authenticatorWords, countingAuthenticators } from "../policy/authenticator.ts";
import type { StepUp } from "../policy/policy.ts";
import { stepUpWords } from "../policy/words.ts";
import type { Desk } from "./desk.ts";

/** A proof that is not yet kept: `claim` must go into the same step. */
export interface Taken {
  readonly proof: Proof;
  readonly claim: Claim;
}

/** `costs`: whether this no counts as one of the challenge's tries. */
export interface NotTaken {
  readonly refusal: Refusal;
  readonly costs: boolean;
}

/**
 * Has an authenticator judge a response, and says the answer in the house's words. Only here is a proof signed: one that
 * the policy's step-up takes, and whose evidence, where it has any, the witness does not contradict.
 */
export async function takeProof(
  { authenticators, attestor, witness }: Pick<Desk, "authenticators" | "attestor" | "witness">,
  challenge: Challenge,
  response: Response,
  about: { readonly request: string; readonly now: number; readonly stepUp: StepUp; readonly scope?: ProofScope },
): Promise<Taken | NotTaken> {
  const { request, now, stepUp, scope } = about;
  if (challenge.triesLeft <= 0)
    return no(refuse("locked", "Too many wrong codes for this request.", "Somebody else must approve it."));
  const { by } = response;
  const authenticator = authenticators.get(by);
  // Before anything is judged: a code that cannot count is not used up.
  if (!authenticator || !countingAuthenticators(stepUp).includes(by)) return no(tooWeak(by, stepUp));
  const judged = await authenticator.submit(challenge, response, now);
  switch (judged.outcome) {
    case "approved": {
      const { subject, digest } = challenge;
      const { evidence } = judged;
      if (!isStrongEnough({ authenticator: by, ...(evidence ? { evidence } : {}) }, stepUp))
        return no(tooWeak(by, stepUp));
      const given = { ...(scope ? { scope } : {}), ...(evidence ? { evidence } : {}) };
      const facts = { authenticator: by, subject, digest, at: now, request, ...given };
      const proof = { ...facts, signature: attestor.attest(proofStatement(facts)) };
      const why = evidence && (await witness.whyNot(proof));
      return why === undefined ? { claim: judged.claim, proof } : no(notShown(why));
    }
    case "pending":
      return no(
        refuse("not-yet", "Your device has not answered yet.", "Approve there, then press the button here again."),
      );
    case "denied":
      return denied(judged.because, challenge.triesLeft - 1);
    case "fraud":
      return no(refuse("declined", "You said that this was not you.", "The security team is told."));
    case "expired":
      return no(refuse("too-late", "The time for this step-up is over.", "Begin a new one."));
    case "insufficient":
      return no(insufficient(judged, now));
    case "misconfigured":
    case "unavailable":
      throw new Error(`authenticator ${by} is ${judged.outcome}: ${judged.because}`);
  }
}

function tooWeak(by: Proof["authenticator"], stepUp: StepUp): Refusal {
  return refuse(
    "too-weak",
    `A proof by ${authenticatorWords[by]} does not count here.`,
    `It takes ${stepUpWords(stepUp)}.`,
  );
}

function notShown(why: string): Refusal {
  return refuse("evidence", `This shows no presence of yours: ${why}.`, "Begin a new step-up.");
}

function insufficient(
  judged:
    | { because: "not-enrolled" | "locked"; until?: number }
    | { because: "too-new"; until: number }
    | { because: "evidence"; says: string },
  now: number,
): Refusal {
  switch (judged.because) {
    case "evidence":
      return notShown(judged.says);
    case "locked":
      return refuse(
        "locked",
        "Your authenticator is locked after too many wrong codes.",
        judged.until === undefined
          ? "An administrator must enrol you again."
          : `It opens again in ${minutesTo(judged.until, now)}.`,
      );
    case "too-new":
      return refuse(
        "locked",
        "Your authenticator was enrolled with a recovery code, and does not count yet.",
        `It counts in ${minutesTo(judged.until, now)}.`,
      );
    case "not-enrolled":
      return refuse(
        "not-enrolled",
        "You have no authenticator yet.",
        "Ask an administrator to run `countersign enrol issue` for you.",
      );
  }
}

function denied(because: "wrong-code" | "malformed-code" | "code-already-used" | "declined", left: number): NotTaken {
  switch (because) {
    case "malformed-code":
      return no(
        refuse("malformed-code", "A code has six digits.", "Type the six digits your authenticator shows now."),
      );
    case "code-already-used":
      return no(
        refuse(
          "code-already-used",
          "This code was used already. If it was not you, tell the security team now.",
          "Wait for the next code.",
        ),
      );
    case "declined":
      return no(
        refuse("declined", "You said no on your device.", "Nothing is proved; begin again if that was a mistake."),
      );
    case "wrong-code":
      return {
        costs: true,
        refusal: refuse(
          "wrong-code",
          "This code is not right.",
          left > 0 ? `You can try ${left} more ${left === 1 ? "time" : "times"}.` : "That was the last try.",
        ),
      };
  }
}

function no(refusal: Refusal): NotTaken {
  return { refusal, costs: false };
}

function minutesTo(until: number, now: number): string {
  const minutes = Math.max(1, Math.ceil((until - now) / 60_000));
  return `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
}
