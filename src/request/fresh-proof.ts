import type { Proof, ProofScope } from "../challenge/challenge.ts";
import { proofHolds } from "../challenge/verify.ts";
import type { StepUp } from "../policy/policy.ts";
import type { Desk } from "./desk.ts";

/** The proof that stands behind what a person says: none asked for, one that still counts, or one needed now. */
export async function freshProof(
  { store, attestor }: Pick<Desk, "store" | "attestor">,
  {
    stepUp,
    ...about
  }: { subject: string; digest: string; stepUp: StepUp | undefined; now: number; scope?: ProofScope },
): Promise<Proof | undefined | "needed"> {
  if (!stepUp) return undefined;
  const last = await store.lastProof(about.subject);
  return proofHolds(last, { ...about, stepUp, attestor }) ? last : "needed";
}
