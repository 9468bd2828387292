import type { AuthenticatorName } from "../policy/authenticator.ts";
import type { Binding, Evidence } from "./evidence.ts";

/** A demand for proof of presence: bound to one digest, expiring, counted. */
export interface Challenge {
  readonly digest: string;
  /** Whose presence; nobody else's proof counts. */
  readonly subject: string;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly expiresAt: number;
  readonly triesLeft: number;
}

/** Wrong codes per challenge before it locks (design section 3; RFC 4226 section 7.3 asks for a limit). */
export const triesPerChallenge = 5;

/** Where a proof may count again. */
export interface ProofScope {
  readonly tier: string;
  /** SHA-256 over the cluster and the objects, by their uids; of what has none, over the operation. */
  readonly target: string;
}

/** Evidence that a person was present and meant one digest. */
export interface Proof {
  readonly authenticator: AuthenticatorName;
  readonly subject: string;
  readonly digest: string;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly at: number;
  /** The request this proof was given for: another one than its bearer when a fresh proof is used again. */
  readonly request: string;
  /** In which tier it was given, and on which objects it was to act; absent where it stands for itself alone. */
  readonly scope?: ProofScope;
  /** What somebody else signed; absent where only the web process saw it. */
  readonly evidence?: Evidence;
  /** The web process's own, over all of the above: what is written into a record without it is no proof. */
  readonly signature: string;
}

/** What is signed of a proof. */
export function proofStatement({ signature: _, ...facts }: Proof | (Omit<Proof, "signature"> & { signature?: never })) {
  return { v: "countersign.proof.v1", ...facts } as const;
}

/**
 * What an authenticator says of a response. Only `approved` is a yes; `claim` must be made in the same atomic step
 * that uses the proof, else two processes could use one code.
 */
export type Outcome =
  | { readonly outcome: "approved"; readonly claim: Claim; readonly evidence?: Evidence }
  /** The code is right, and the other channel has not answered yet. */
  | { readonly outcome: "pending" }
  /** `declined`: the person said no on their device. */
  | { readonly outcome: "denied"; readonly because: "wrong-code" | "malformed-code" | "code-already-used" | "declined" }
  /** The person said that it was not them who asked. */
  | { readonly outcome: "fraud" }
  | { readonly outcome: "expired" }
  | { readonly outcome: "insufficient"; readonly because: "not-enrolled" | "locked"; readonly until?: number }
  /** It was enrolled with a recovery code, and does not count before then. */
  | { readonly outcome: "insufficient"; readonly because: "too-new"; readonly until: number }
  /** What was brought does not show what is asked for: another person, an older login, a signature that does not hold. */
  | { readonly outcome: "insufficient"; readonly because: "evidence"; readonly says: string }
  | { readonly outcome: "misconfigured" | "unavailable"; readonly because: string };

/** What a person gives back to a challenge, and by which authenticator. */
export interface Response {
  readonly by: AuthenticatorName;
  /** The code, or what their browser brought; as it came, so it can be anything. */
  readonly given: string;
  /** Which step-up it answers, where one was started: a push or a page. */
  readonly started?: Binding;
}

/** What is used up by a proof, for good: one code, one push or one assertion counts once across all processes. */
export type Claim = TimeStepClaim | StepUpClaim;

/** Takes one RFC 6238 time step of one subject's credential, for good. */
export interface TimeStepClaim {
  readonly subject: string;
  readonly credential: string;
  readonly timeStep: number;
}

/** Takes one step-up that was started, by its salt. */
export interface StepUpClaim {
  readonly stepUp: string;
}
