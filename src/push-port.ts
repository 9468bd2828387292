import type { TextShape } from "./policy/provider-presets.ts";

// What pushes ask of the outside, with the guarantee each must give. Times are milliseconds since 1970, by Redis's clock.

/** Pushes through the identity provider (OpenID CIBA Core 1.0, poll mode). Each call ends within 10 s. */
export interface PushSender {
  /** How the text of a push must be. */
  readonly text: TextShape;
  /** How long a push may be answered, in ms. */
  readonly lifeMs: number;
  /** Has the provider ask this person on their device. It may reach them although this answers that it did not. */
  send(push: { readonly subject: string; readonly text: string }): Promise<Sent | NotSent>;
  /** Asks once what became of it. What cannot be told now is `pending`, never an answer. */
  poll(handle: string): Promise<Polled>;
}

export interface Sent {
  /** The provider's `auth_req_id`: whoever has it and the client's secret gets the answer. */
  readonly handle: string;
  /** How long it may be answered, in ms from now. */
  readonly forMs: number;
  /** The least time between two polls, in ms. */
  readonly intervalMs: number;
}

/** `refused`: the provider said no before it asked anybody; `unavailable`: it may have asked all the same. */
export interface NotSent {
  readonly notSent: "unknown-person" | "refused" | "unavailable";
  /** The provider's error code or the fault's, and nothing of free form. */
  readonly because: string;
}

export type Polled =
  | { readonly answer: "pending" | "slower" | "declined" | "expired" }
  /** It came once and never comes again. Its signature, `iss`, `aud` and `exp` hold. */
  | { readonly answer: "token"; readonly token: PresentedToken };

/** An ID token of the provider, and what of it we judge ourselves. */
export interface PresentedToken {
  readonly token: string;
  readonly subject: string;
  readonly acr?: string;
  /** Milliseconds since 1970, by the provider's clock; `auth_time` has whole seconds. */
  readonly authenticatedAt?: number;
}

/** How a push ended, or where it stands. */
export type PushState = "open" | "answered" | "used" | "declined" | "expired" | "locked" | "disowned";

/** A push as it is kept. What others could make use of, or must not change, is sealed. */
export interface KeptPush {
  readonly subject: string;
  /** Absent until it was sent. */
  readonly sealed?: string;
  readonly expiresAt: number;
  readonly state: PushState;
  /** The provider's token, sealed. */
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
  /** Counts one wrong code; the third locks. Answers the state after it. */
  wrongCode(salt: string): Promise<PushState>;
  /** Open pushes that nobody has looked at for a while; marks them as looked at. */
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
