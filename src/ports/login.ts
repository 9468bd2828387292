import type { Refusal } from "../operation/refusal.ts";
import type { PresentedToken } from "./token.ts";

// What logins at the identity provider ask of the outside, with the guarantee each must give.

/**
 * Logins at the identity provider in a person's own browser: authorization code with PKCE (OpenID Connect Core 1.0
 * section 3.1, RFC 7636, RFC 9207). Nothing of them is kept here: what one needs on the way back, that browser keeps.
 */
export interface Logins {
  /** The provider's host, as it is shown to people. */
  readonly host: string;
  /** Has the provider authenticate somebody anew, whatever session it has with this browser. */
  begin(wish: LoginWish): Promise<LoginBegun | Refusal>;
  /**
   * Takes the provider's answer, which works once and in the browser that began. Of the token its signature, `iss`, `aud`,
   * `exp` and `nonce` hold; who logged in, in which context and when is for who asked to judge.
   */
  finish(kept: string, back: WayBack): Promise<LoggedIn | Refusal>;
}

/** What a login is for; its way back leads there. */
export type LoginEnd = "step-up" | "link";

export interface LoginWish {
  readonly end: LoginEnd;
  /** What the provider signs into its ID token. */
  readonly nonce: string;
  /** Whom it should be; only a hint, and checked by nobody but who asked. Absent: anybody. */
  readonly subject?: string;
  /** What is to come back with the login, for who asked alone. */
  readonly carry: string;
}

export interface LoginBegun {
  /** Where the browser is to go. */
  readonly address: string;
  /** What it must keep from everybody and bring back: sealed, and of no use without the provider's answer. */
  readonly kept: string;
}

/** What the provider had the browser bring back (RFC 6749 section 4.1.2); "" = nothing. */
export interface WayBack {
  readonly code: string;
  readonly state: string;
  readonly iss: string;
  readonly error: string;
}

export interface LoggedIn {
  readonly end: LoginEnd;
  /** To ask anew who they are, where the document says that groups come from the provider; of a `link` alone. */
  readonly refresh?: string;
  readonly carried: string;
  readonly token: PresentedToken;
}

/** Seals what a browser keeps, to one login by its `state`. Opening throws when it is not as it was sealed. */
export interface LoginSeal {
  close(plain: string, state: string): string;
  open(sealed: string, state: string): string;
}
