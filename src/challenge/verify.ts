import { countingAuthenticators } from "../policy/authenticator.ts";
import type { StepUp } from "../policy/policy.ts";
import type { Attestor } from "../ports.ts";
import { type Proof, type ProofScope, proofStatement } from "./challenge.ts";
import { hasItsEvidence } from "./evidence.ts";

/** What a proof is held against. */
export interface ProofDemand {
  readonly subject: string;
  readonly digest: string;
  readonly stepUp: StepUp;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly now: number;
  /** What it is to count for; absent: no proof of the same tier and target is looked for. */
  readonly scope?: ProofScope;
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
  return proof.digest === demand.digest || countsAgain(proof, demand.stepUp, demand);
}

/**
 * Whether a proof that was given for another plan counts at `now` by its age: for anything where the policy says `within`,
 * and where it says `reuse`, only for what has the same tier and the same target.
 */
export function countsAgain(
  proof: Pick<Proof, "at" | "scope">,
  { within, reuse }: StepUp,
  { now, scope }: { readonly now: number; readonly scope?: ProofScope | undefined },
): boolean {
  const age = now - proof.at;
  if (within !== undefined && age <= within) return true;
  if (reuse === undefined || age > reuse || !scope || !proof.scope) return false;
  return proof.scope.tier === scope.tier && proof.scope.target === scope.target;
}

/** Whether it was given by an authenticator that counts here, and has what that one signs, if it signs anything. */
export function isStrongEnough(proof: Pick<Proof, "authenticator" | "evidence">, stepUp: StepUp): boolean {
  return countingAuthenticators(stepUp).includes(proof.authenticator) && hasItsEvidence(proof);
}
