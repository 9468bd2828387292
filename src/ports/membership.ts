// What groups by the identity provider's own word ask of the outside, with the guarantee each must give.

/** What is kept of one person since they logged in. */
export interface KeptMembership {
  /** The provider's last ID token of theirs, in which their groups stand; "" = none since the provider let them go. */
  readonly token: string;
  /** The refresh token, sealed to this person. */
  readonly refresh: string;
}

/** Where memberships are kept. Whoever can write records can write any: a token says by its signature what it is worth. */
export interface MembershipStore {
  read(subject: string): Promise<KeptMembership | undefined>;
  /** Everybody's, by subject. */
  all(): Promise<ReadonlyMap<string, KeptMembership>>;
  /** Keeps it in the place of what was there; in the same act the groups are recorded, where they are told. */
  keep(subject: string, membership: KeptMembership, groups: readonly string[] | undefined): Promise<void>;
  /** The provider let this person go: they are nobody from now on, which is recorded in the same act. */
  end(subject: string): Promise<void>;
  /** True for one caller until `rest`, or for so many ms: two who refresh at once would both lose. */
  takeTurn(subject: string, forMs: number): Promise<boolean>;
  rest(subject: string): Promise<void>;
}

/** Reads groups out of ID tokens, by the provider's public keys alone. Each process has one of its own. */
export interface MembershipWitness {
  /**
   * The groups of this person by this token, and when it was made, in ms since 1970 by the provider's clock; undefined
   * when it is not theirs, or was made longer before `now` than the provider's document lets groups count, or after it.
   * Throws WitnessAway while that cannot be told.
   */
  read(
    token: string,
    subject: string,
    now: number,
  ): Promise<{ readonly groups: readonly string[]; readonly madeAt: number } | undefined>;
}

/** Asks the provider anew who somebody is (OpenID Connect Core 1.0 section 12). Only the web process holds one. */
export interface MembershipRefresh {
  /** `refused`: the provider let this person go, or ended their session; `away`: it cannot be told now. */
  refresh(refresh: string): Promise<Refreshed | "refused" | "away">;
}

export interface Refreshed {
  readonly token: string;
  readonly refresh: string;
}

/** Seals refresh tokens, each to one person. Opening throws when it is not as it was sealed. */
export interface MembershipSeal {
  close(refresh: string, subject: string): string;
  open(sealed: string, subject: string): string;
}
