import type { PushAuthenticator } from "../policy/authenticator.ts";
import type { PresentedToken } from "./token.ts";

// What pushes ask of the outside, with the guarantee each must give. Times are milliseconds since 1970, by Redis's clock.

/** Pushes through one provider: OpenID CIBA, Duo, or Okta. Each call ends within 10 s. */
export interface PushSender {
  /** How long a push may be answered, in ms. */
  readonly lifeMs: number;
  /** What its tokens must say; absent = it brings none, and a yes is only its word. */
  readonly takes?: Accepted;
  /** Has the provider ask this person on their device. It may reach them although this answers that it did not. */
  send(push: PushText & { readonly subject: string }): Promise<Sent | NotSent>;
  /** Asks once what became of it. What cannot be told now is `pending`, never an answer. */
  poll(handle: string): Promise<Polled>;
}

/** Those that are set up here, by the authenticator they are. */
export type PushSenders = ReadonlyMap<PushAuthenticator, PushSender>;

/** What a push says. */
export interface PushText {
  /** Six digits of ours, to be typed where the person began. */
  readonly code: string;
  /** What they are for, such as "to approve". */
  readonly intent: string;
  /** The command as it is spoken. */
  readonly command: string;
}

/** How a token must say that the person authenticated: by one of these contexts, or by one of these methods. */
export type Accepted = { readonly acr: readonly string[] } | { readonly amr: readonly string[] };

export interface Sent {
  /** The provider's name for it: whoever has it and the client's secret gets the answer. */
  readonly handle: string;
  /** How long it may be answered, in ms from now. */
  readonly forMs: number;
  /** The least time between two polls, in ms. */
  readonly intervalMs: number;
  /**
   * A number of the provider's, which the person enters on their device and which therefore is shown where they began; in
   * the place of our code, which the push then does not carry.
   */
  readonly enter?: string;
}

export interface NotSent {
  readonly notSent: NotSentReason;
  /** The provider's error code or the fault's, and nothing of free form. */
  readonly because: string;
}

/** Each says whether somebody may have been asked all the same. */
export type NotSentReason =
  /** Nobody was: it knows no device of this person. */
  | "unknown-person"
  /** Nobody was: it takes no push from us. */
  | "refused"
  /** Nobody was: it would say yes without asking them. */
  | "bypassed"
  /** Nobody was: its clock and ours differ by too much. */
  | "clock"
  /** Nobody was: it was asked too often. */
  | "busy"
  /** They may have been: what it asks is only yes or no, or with too short a number. */
  | "plain"
  /** They may have been. */
  | "unavailable";

export type Polled =
  | { readonly answer: "pending" | "slower" | "declined" | "expired" }
  /** They said there that it was not them who asked. */
  | { readonly answer: "disowned" }
  /** The provider lets them authenticate no more for now. */
  | { readonly answer: "locked" }
  /** It says yes without having asked them. */
  | { readonly answer: "bypassed" }
  /** They said yes, by the provider's word alone. It may come once and never again. */
  | { readonly answer: "yes" }
  /** It came once and never comes again. Its signature, `iss`, `aud` and `exp` hold. */
  | { readonly answer: "token"; readonly token: PresentedToken };

/** How a push ended, or where it stands. */
export type PushState = "open" | "answered" | "used" | "declined" | "expired" | "locked" | "disowned";

/** A push as it is kept. What others could make use of, or must not change, is sealed. */
export interface KeptPush {
  readonly subject: string;
  /** Absent until it was sent. */
  readonly sealed?: string;
  readonly expiresAt: number;
  readonly state: PushState;
  /** The provider's yes, with its token if it brings one; sealed. */
  readonly answer?: string;
  /** Until when this person gets no push; absent = they may. */
  readonly lockedUntil?: number;
}

export type Reserved =
  | { readonly reserved: true; readonly now: number }
  /** `open`: another one of theirs waits for its answer; `often`: three without success; `locked`: after a no. */
  | { readonly reserved: false; readonly because: "open" | "often" | "locked"; readonly until: number };

/**
 * Where pushes are kept, and their limits held, by Redis's clock and across all processes: one open push a person, three
 * within ten minutes without success, none for 15 minutes after a no.
 */
export interface PushStore {
  /** Counts a push before it is sent, with its audit entry in the same act, or says when one may be sent again. */
  reserve(push: {
    readonly salt: string;
    readonly subject: string;
    readonly request: string;
    readonly forMs: number;
  }): Promise<Reserved>;
  /** Keeps what was sent, durably, before anything of it is shown; false = it was ended meanwhile. */
  sent(salt: string, sealed: string, about: { readonly forMs: number; readonly intervalMs: number }): Promise<boolean>;
  /** It never went out: nothing stands in the way of another, and it does not count. */
  withdraw(salt: string): Promise<void>;
  read(salt: string): Promise<KeptPush | undefined>;
  /** The open push of this person, if there is one. */
  openOf(subject: string): Promise<string | undefined>;
  /** True for one caller until `rest`, or for so many ms: two who poll would lose the answer. */
  takeTurn(salt: string, forMs: number): Promise<boolean>;
  /** Ends the turn: the next may poll after so many ms. */
  rest(salt: string, forMs: number): Promise<void>;
  /** The first end stands, but what was answered may still be used, or fail. Answers the state after it. */
  end(salt: string, as: Exclude<PushState, "open">, answer?: string): Promise<PushState>;
  /** What follows from a no was done. */
  told(salt: string): Promise<void>;
  /** Counts one wrong code; the third locks. Answers the state after it. */
  wrongCode(salt: string): Promise<PushState>;
  /** Open pushes, and noes that are not yet `told`, that nobody has looked at for a while; marks them as looked at. */
  due(limit: number): Promise<readonly string[]>;
}

/** Seals what Redis must not show or change, to one push of one person. Opening throws when it is not as it was sealed. */
export interface PushSeal {
  close(plain: string, salt: string, subject: string): string;
  open(sealed: string, salt: string, subject: string): string;
}

/** Chance, unguessable. */
export interface PushChance {
  /** 256 random bits, base64url. */
  salt(): string;
  /** Six random digits: NIST SP 800-63B-4 section 3.1.3.1 asks for at least 20 bits or six decimal digits. */
  code(): string;
}
