import type { Outcome } from "../../challenge/challenge.ts";
import type { LoginSeal } from "../../ports/login.ts";
import type { MembershipSeal } from "../../ports/membership.ts";
import type { Authenticator } from "../../ports.ts";
import { type SealingKeys, seal, unseal } from "./seal.ts";

/**
 * A login at the identity provider for one plan. What is given is its ID token, whole; whether that holds is for the
 * witness to say, here and in the worker.
 */
export function loginAuthenticator(): Authenticator {
  return {
    name: "login",
    // Only the provider knows who can log in there.
    isEnrolled: async () => true,
    async submit(_, { given, started }, now): Promise<Outcome> {
      if (!started) return { outcome: "insufficient", because: "evidence", says: "no page was opened for it" };
      if (now > started.expiresAt) return { outcome: "expired" };
      const { salt, expiresAt } = started;
      const evidence = { kind: "id-token", binding: { salt, expiresAt }, token: given } as const;
      return { outcome: "approved", claim: { stepUp: salt }, evidence };
    },
  };
}

/** Seals refresh tokens under the key of web, each to one person. */
export function membershipSeal(keys: SealingKeys): MembershipSeal {
  const to = (subject: string) => ({ purpose: "membership", subject, credential: "" }) as const;
  return {
    close: (refresh, subject) => seal(refresh, to(subject), keys),
    open: (sealed, subject) => unseal(sealed, to(subject), keys),
  };
}

/** Seals under the key of web, each text to one login. */
export function loginSeal(keys: SealingKeys): LoginSeal {
  const to = (state: string) => ({ purpose: "login", subject: "", credential: state }) as const;
  return {
    close: (plain, state) => seal(plain, to(state), keys),
    open: (sealed, state) => unseal(sealed, to(state), keys),
  };
}
