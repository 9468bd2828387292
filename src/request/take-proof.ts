import { type Challenge, type Proof, proofStatement, type TimeStepClaim } from "../challenge/challenge.ts";
import { type Refusal, refuse } from "../operation/refusal.ts";
import type { Attestor, Authenticator } from "../ports.ts";

/** A proof that is not yet kept: `claim` must go into the same step. */
export interface Taken {
  readonly proof: Proof;
  readonly claim: TimeStepClaim;
}

/** `costs`: whether this no counts as one of the challenge's tries. */
export interface NotTaken {
  readonly refusal: Refusal;
  readonly costs: boolean;
}

/** Has the authenticator judge a typed response, and says the answer in the house's words. Only here is a proof signed. */
export async function takeProof(
  { authenticator, attestor }: { readonly authenticator: Authenticator; readonly attestor: Attestor },
  challenge: Challenge,
  response: string,
  about: { readonly request: string; readonly now: number },
): Promise<Taken | NotTaken> {
  const { request, now } = about;
  if (challenge.triesLeft <= 0)
    return no(refuse("locked", "Too many wrong codes for this request.", "Somebody else must approve it."));
  const judged = await authenticator.submit(challenge, response, now);
  switch (judged.outcome) {
    case "approved": {
      const { subject, digest } = challenge;
      const facts = { authenticator: authenticator.name, subject, digest, at: now, request };
      return { claim: judged.claim, proof: { ...facts, signature: attestor.attest(proofStatement(facts)) } };
    }
    case "denied":
      return denied(judged.because, challenge.triesLeft - 1);
    case "insufficient":
      return no(
        judged.because === "locked"
          ? refuse("locked", "Your authenticator is locked after too many wrong codes.", unlockWords(judged.until, now))
          : refuse(
              "not-enrolled",
              "You have no authenticator yet.",
              "Ask an administrator to run `countersign enrol issue` for you.",
            ),
      );
    case "misconfigured":
    case "unavailable":
      throw new Error(`authenticator ${authenticator.name} is ${judged.outcome}: ${judged.because}`);
  }
}

function denied(because: "wrong-code" | "malformed-code" | "code-already-used", left: number): NotTaken {
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

function unlockWords(until: number | undefined, now: number): string {
  if (until === undefined) return "An administrator must enrol you again.";
  const minutes = Math.max(1, Math.ceil((until - now) / 60_000));
  return `It opens again in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`;
}
