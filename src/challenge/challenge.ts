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

/** Evidence that a person was present and meant one digest. */
export interface Proof {
  readonly authenticator: "totp";
  readonly subject: string;
  readonly digest: string;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly at: number;
  /** The request this proof was given for: another one than its bearer when a fresh proof is used again. */
  readonly request: string;
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
  | { readonly outcome: "approved"; readonly claim: TimeStepClaim }
  | { readonly outcome: "denied"; readonly because: "wrong-code" | "malformed-code" | "code-already-used" }
  | { readonly outcome: "insufficient"; readonly because: "not-enrolled" | "locked"; readonly until?: number }
  | { readonly outcome: "misconfigured" | "unavailable"; readonly because: string };

/** Takes one RFC 6238 time step of one subject's credential, for good. */
export interface TimeStepClaim {
  readonly subject: string;
  readonly credential: string;
  readonly timeStep: number;
}
