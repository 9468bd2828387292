import { canonical, sha256 } from "../audit/canonical.ts";

/** What somebody other than us signed when a proof was given, so that it can be checked again by public keys alone. */
export type Evidence = Assertion | IdToken;

/** A WebAuthn assertion (Web Authentication Level 3, section 7.2). All texts are base64url. */
export interface Assertion {
  readonly kind: "assertion";
  readonly binding: Binding;
  /** The credential's id, as the directory lists it. */
  readonly credential: string;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
}

/** An ID token of the identity provider (OpenID Connect Core 1.0 section 2), in compact form. */
export interface IdToken {
  readonly kind: "id-token";
  readonly token: string;
  /** Absent where the token cannot carry one, as of a push (OpenID CIBA Core 1.0). */
  readonly binding?: Binding;
}

/** What makes the value that is signed another one each time. */
export interface Binding {
  /** 256 random bits, base64url. */
  readonly salt: string;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly expiresAt: number;
}

/**
 * The value that an authenticator signs, as the challenge of an assertion or the nonce of a login: SHA-256 in lower-case
 * hex over whose presence it shows, for which digest, and the salt. Signed by anybody's key but theirs it proves nothing.
 */
export function signedValue(about: { readonly digest: string; readonly subject: string }, binding: Binding): string {
  const { digest, subject } = about;
  const { salt, expiresAt } = binding;
  return sha256(canonical({ v: "countersign.step-up.v1", digest, subject, salt, expiresAt }));
}

/** The same 32 bytes as a browser writes the challenge of an assertion: base64url. */
export function challengeOf(about: { readonly digest: string; readonly subject: string }, binding: Binding): string {
  return Buffer.from(signedValue(about, binding), "hex").toString("base64url");
}

/** Whether the evidence, where it stands up, names the very plan: nobody can turn it to another. */
export function isBound(evidence: Evidence | undefined): boolean {
  return evidence?.binding !== undefined;
}
