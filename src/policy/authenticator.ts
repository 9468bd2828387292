/** The ways to prove presence that there are, weakest first (NIST SP 800-63B-4 sections 3.1.3 and 3.2.5). */
export const authenticatorNames = ["totp", "duo", "okta", "push", "login", "passkey"] as const;
export type AuthenticatorName = (typeof authenticatorNames)[number];

/** Those that are pushes. */
export type PushAuthenticator = Extract<AuthenticatorName, "duo" | "okta" | "push">;

/** Those whose proof carries the digest of a plan, signed by somebody other than us. */
export const boundAuthenticators: readonly AuthenticatorName[] = ["login", "passkey"];

/** Those whose proof a step-up takes, weakest first. */
export function countingAuthenticators(stepUp: {
  readonly bound?: boolean | undefined;
  readonly by?: readonly AuthenticatorName[] | undefined;
}): readonly AuthenticatorName[] {
  const { bound, by } = stepUp;
  return authenticatorNames.filter(
    (name) => (by?.includes(name) ?? true) && (!bound || boundAuthenticators.includes(name)),
  );
}

/** An authenticator as it is called in a sentence. */
export const authenticatorWords: Readonly<Record<AuthenticatorName, string>> = {
  totp: "TOTP",
  duo: "a Duo push",
  okta: "an Okta push",
  push: "a push",
  login: "a login",
  passkey: "a passkey",
};
