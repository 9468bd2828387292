import type { Passkey } from "../policy/passkey.ts";

// What enrolling an authenticator asks of the outside: one-time links, sealed seeds, recovery codes, registered passkeys.

/** One subject's TOTP credential as it is kept; the seed is sealed. */
export interface TotpCredential {
  readonly id: string;
  readonly sealed: string;
  /** The last RFC 6238 time step that was claimed. */
  readonly timeStep: number;
  /** Until when it is locked; Infinity = until it is enrolled again. */
  readonly lockedUntil?: number;
  /** Before then it counts for nothing: it was enrolled with a recovery code. */
  readonly countsFrom?: number;
}

/** Where TOTP credentials are kept. Claims of time steps are made by {@link RequestStore.keep}. */
export interface CredentialStore {
  read(subject: string): Promise<TotpCredential | undefined>;
  /** Counts one wrong code of any request, atomically, and locks the credential by itself when it was one too many. */
  countFailure(subject: string, credential: string): Promise<void>;
  /** Puts the same seed, sealed by another key, in the place of `from`; nothing where something else stands there now. */
  reseal(subject: string, credential: string, seals: { readonly from: string; readonly to: string }): Promise<void>;
}

/** An enrolment under way behind a one-time link. The link itself is never kept, only its SHA-256. */
export interface Enrolment {
  readonly subject: string;
  /** The credential that waits for its first code. */
  readonly pending?: { readonly id: string; readonly sealed: string };
  /** Opened with a recovery code: for how many ms after its first code the credential counts for nothing yet. */
  readonly waitMs?: number;
}

/** A recovery code that was typed, as far as it is ever written down, and what it shall open. */
export interface RecoveryAttempt {
  readonly subject: string;
  readonly credential: string;
  readonly mac: string;
  readonly link: string;
  readonly forMs: number;
  readonly waitMs: number;
}

/** Makes one-time links, and knows its own. Only the web process and the administrator's command line hold one. */
export interface LinkKeeper {
  /** A new link for this subject: a secret of 256 random bits, and what vouches for it. */
  make(subject: string): string;
  /** Whether this link was made for this subject with our key, whatever the store says. */
  holds(link: string, subject: string): boolean;
}

/** One-time links for registering passkeys, and what was registered. Nothing here makes a passkey count. */
export interface RegistrationStore {
  /** Keeps a link for so many ms. */
  issue(link: string, subject: string, forMs: number, by: string): Promise<void>;
  /** Whose it is, as the store has it. */
  open(link: string): Promise<string | undefined>;
  /** Records a passkey in the trail and ends the link, at most once; false = somebody was first. */
  register(link: string, subject: string, passkey: Passkey): Promise<boolean>;
}

/** Reads what a browser made of a new passkey. */
export interface RegistrationReader {
  /** The passkey, or why it is none for this challenge on our page. */
  read(given: string, challenge: string): Promise<Passkey | { readonly faulty: string }>;
}

/** One-time links for enrolling. Reading one never uses it up; completing it does, at most once. */
export interface EnrolmentStore {
  /** Keeps a link for so many ms; false = this subject has a credential already and `replace` is not set. */
  issue(link: string, subject: string, forMs: number, by: string, replace: boolean): Promise<boolean>;
  open(link: string): Promise<Enrolment | undefined>;
  /** Sets the pending credential if there is none yet; answers the one that stands. */
  begin(link: string, pending: { id: string; sealed: string }): Promise<Enrolment | undefined>;
  /**
   * Makes the pending credential count, its first time step claimed, with what is kept of its recovery codes. In the same
   * act every earlier seed, recovery code, remembered proof and link of the subject ends. False = somebody was first.
   */
  complete(link: string, credential: string, timeStep: number, recovery: readonly string[]): Promise<boolean>;
  /** Uses a recovery code up for a link, in one act. A wrong one counts against recovery alone, and may lock it. */
  recover(attempt: RecoveryAttempt): Promise<"opened" | "wrong" | "locked">;
  /** Ends the credential, recovery codes, remembered proof and links of a subject; false = there was none of them. */
  revoke(subject: string, by: string): Promise<boolean>;
}

/** Makes recovery codes, and what is kept of them. Only the web process holds one. */
export interface RecoveryKeeper {
  /** Fresh ones, 16 letters of RFC 4648's base32 each, never given twice. */
  make(): readonly string[];
  /** What is kept of a code of this credential: of no use to whoever reads it. */
  mac(credential: { subject: string; credential: string; sealed: string }, code: string): string;
}

/** Makes, seals and judges TOTP seeds. Only the web process holds the sealing key. */
export interface SeedKeeper {
  /** A new random seed for this subject, sealed under the credential's id. */
  make(subject: string, credential: string): string;
  /** The same seed under the key that seals now; undefined where it is already. */
  reseal(subject: string, credential: string, sealed: string): string | undefined;
  /** The `otpauth://` URI of a sealed seed, for the subject's eyes only. */
  uri(subject: string, credential: string, sealed: string): string;
  /** The time step a code belongs to at `now`, if it is right and later than `after`. */
  judge(input: {
    subject: string;
    credential: string;
    sealed: string;
    code: string;
    now: number;
    after: number;
  }): number | undefined;
}
