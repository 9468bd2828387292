/** The ways to prove presence that there are, weakest first (NIST SP 800-63B-4 sections 3.1.3 and 3.2.5). */
export const authenticatorNames = ["totp", "duo", "okta", "push", "login", "passkey"] as const;
export type AuthenticatorName = (typeof authenticatorNames)[number];

/** Those whose proof can carry the digest of a plan, signed by somebody other than us. */
export const boundAuthenticators: readonly AuthenticatorName[] = ["login", "passkey"];

/** An authenticator as it is called in a sentence. */
export const authenticatorWords: Readonly<Record<AuthenticatorName, string>> = {
  totp: "TOTP",
  duo: "a Duo push",
  okta: "an Okta push",
  push: "a push",
  login: "a login",
  passkey: "a passkey",
};
