import type { StepUp } from "../policy/policy.ts";
import type { Proof } from "./challenge.ts";

/** What a proof is held against. */
export interface ProofDemand {
  readonly subject: string;
  readonly digest: string;
  readonly stepUp: StepUp;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly now: number;
}

/** Whether the proof is this person's, and for this very digest or, where the policy says so, fresh enough. */
export function proofHolds(proof: Proof | undefined, demand: ProofDemand): proof is Proof {
  if (!proof || proof.subject !== demand.subject || proof.at > demand.now) return false;
  if (proof.digest === demand.digest) return true;
  return demand.stepUp.within !== undefined && demand.now - proof.at <= demand.stepUp.within;
}
