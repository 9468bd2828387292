import { countingAuthenticators } from "../policy/authenticator.ts";
import type { StepUp } from "../policy/policy.ts";
import type { Attestor } from "../ports.ts";
import { type Proof, proofStatement } from "./challenge.ts";
import { hasItsEvidence } from "./evidence.ts";

/** What a proof is held against. */
export interface ProofDemand {
  readonly subject: string;
  readonly digest: string;
  readonly stepUp: StepUp;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly now: number;
  readonly attestor: Pick<Attestor, "holds">;
}

/**
 * Whether the proof is this person's, given to us, and for this very digest or, where the policy says so, fresh enough.
 * Records lie where others may write: a proof that we did not sign is none.
 */
export function proofHolds(proof: Proof | undefined, demand: ProofDemand): proof is Proof {
  if (!proof || proof.subject !== demand.subject || proof.at > demand.now) return false;
  if (!demand.attestor.holds(proofStatement(proof), proof.signature)) return false;
  if (!isStrongEnough(proof, demand.stepUp)) return false;
  if (proof.digest === demand.digest) return true;
  return demand.stepUp.within !== undefined && demand.now - proof.at <= demand.stepUp.within;
}

/** Whether it was given by an authenticator that counts here, and has what that one signs, if it signs anything. */
export function isStrongEnough(proof: Pick<Proof, "authenticator" | "evidence">, stepUp: StepUp): boolean {
  return countingAuthenticators(stepUp).includes(proof.authenticator) && hasItsEvidence(proof);
}
