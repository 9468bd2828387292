import type { JWTPayload } from "jose";
import type { Proof } from "../../challenge/challenge.ts";
import { challengeOf, type IdToken } from "../../challenge/evidence.ts";
import { stepUpMs } from "../../challenge/step-up.ts";
import { whyContextFails } from "../../policy/provider-context.ts";
import type { Provider } from "../../policy/provider-document.ts";
import { skewMs, tokenReader } from "./provider-token.ts";
import type { Check } from "./witness.ts";

const minute = 60_000;
/** How long before the proof the login may lie: as long as a step-up may take (NIST SP 800-63B-4 section 3.1.3.1). */
const ageMs = 10 * minute;
/**
 * How long after the login its token may be made. A provider that has a session signs any nonce without asking anybody
 * (`prompt=none`), and one that gave a refresh token signs without a browser: a token that is later than this was not made
 * for what its person had just gone through.
 */
const promptMs = 2 * minute;

/**
 * Checks ID tokens by the provider's public keys alone (OpenID Connect Core 1.0 section 3.1.3.7). It is a proof's past
 * that is judged: a token that has expired since then shows what it showed.
 */
export function idTokenCheck(
  provider: Pick<Provider, "preset" | "issuer" | "clientId" | "acr" | "okta" | "login">,
): Check<IdToken> {
  const { okta } = provider;
  const read = tokenReader(provider);

  return async (proof, evidence) => {
    const claims = await read(evidence.token, proof.at);
    if (typeof claims === "string") return claims;
    return whyClaimsFail(claims, proof) ?? whyOtherwise(claims, proof, evidence);
  };

  function whyClaimsFail(claims: JWTPayload, proof: Proof): string | undefined {
    const { sub, auth_time: authTime, iat = 0 } = claims;
    if (sub !== proof.subject) return "the ID token is of somebody else";
    const weak = proof.authenticator === "okta" ? whyMethodsFail(claims) : whyContextFails(provider, claims);
    if (weak !== undefined) return weak;
    if (typeof authTime !== "number") return "the ID token does not say when they authenticated";
    const at = authTime * 1000;
    if (at < proof.at - ageMs) return "the login of the ID token is too old";
    if (at > proof.at + skewMs) return "the login of the ID token lies after the proof";
    return iat * 1000 - at > promptMs ? "the provider signed it without a login of then" : undefined;
  }

  /** What a login's token must say besides, and a push's must not: the nonce. */
  function whyOtherwise(claims: JWTPayload, proof: Proof, { binding }: IdToken): string | undefined {
    const { nonce } = claims;
    if (proof.authenticator !== "login")
      return nonce === undefined ? undefined : "the ID token is of a login, and not of a push";
    if (!provider.login) return "no login at the provider counts here";
    if (!binding || nonce !== challengeOf(proof, binding)) return "the login was for something else";
    if (binding.expiresAt < proof.at || binding.expiresAt - proof.at > stepUpMs) return "it was not given in time";
    return undefined;
  }

  /** Okta's direct authentication says by which methods, and not in which context. */
  function whyMethodsFail({ amr }: JWTPayload): string | undefined {
    if (!okta) return "no push through Okta is set up here";
    if (Array.isArray(amr) && amr.some((method) => okta.amr.includes(method))) return undefined;
    return `the ID token's amr is ${Array.isArray(amr) ? amr.join(" and ") : "missing"}, and it takes ${okta.amr.join(" or ")}`;
  }
}
