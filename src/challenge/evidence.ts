import { canonical, sha256 } from "../audit/canonical.ts";
import type { AuthenticatorName } from "../policy/authenticator.ts";

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
  /** Of a login: its `nonce` is {@link challengeOf}. Absent of a push, whose token names no plan. */
  readonly binding?: Binding;
  readonly token: string;
}

/** What makes the value that is signed another one each time. */
export interface Binding {
  /** 256 random bits, base64url. */
  readonly salt: string;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly expiresAt: number;
}

/**
 * The value that a passkey signs, or the provider as a nonce: SHA-256 in lower-case hex over whose presence it shows, for which digest, and the salt.
 * Signed by anybody's key but theirs it proves nothing.
 */
export function signedValue(about: { readonly digest: string; readonly subject: string }, binding: Binding): string {
  const { digest, subject } = about;
  const { salt, expiresAt } = binding;
  return sha256(canonical({ v: "countersign.step-up.v1", digest, subject, salt, expiresAt }));
}

/** The same 32 bytes as a browser writes the challenge of an assertion, and a login its nonce: base64url. */
export function challengeOf(about: { readonly digest: string; readonly subject: string }, binding: Binding): string {
  return Buffer.from(signedValue(about, binding), "hex").toString("base64url");
}

/** What a proof comes with, by its authenticator; of the others nobody but the web process sees anything. */
const brought: Readonly<Partial<Record<AuthenticatorName, Evidence["kind"]>>> = {
  okta: "id-token",
  push: "id-token",
  login: "id-token",
  passkey: "assertion",
};

/** Whether it has what its authenticator brings: that somebody answered by a passkey is no word of ours to give. */
export function hasItsEvidence(proof: {
  readonly authenticator: AuthenticatorName;
  readonly evidence?: Evidence;
}): boolean {
  const { authenticator, evidence } = proof;
  if (evidence?.kind !== brought[authenticator]) return false;
  return evidence?.kind !== "id-token" || (evidence.binding !== undefined) === (authenticator === "login");
}
