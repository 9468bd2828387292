import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import type { Proof } from "../../challenge/challenge.ts";
import { challengeOf, type IdToken } from "../../challenge/evidence.ts";
import { stepUpMs } from "../../challenge/step-up.ts";
import { WitnessAway } from "../../challenge/witness-away.ts";
import { whyContextFails } from "../../policy/provider-context.ts";
import type { Provider } from "../../policy/provider-document.ts";
import type { Check } from "./witness.ts";

/** Asymmetric alone: with HS256 whoever has the client's secret could sign, and `none` is nobody's signature. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const timeoutMs = 5_000;
const minute = 60_000;
/** How long before the proof the login may lie: as long as a step-up may take (NIST SP 800-63B-4 section 3.1.3.1). */
const ageMs = 10 * minute;
/** How far the provider's clock and Redis's may differ. */
const skewMs = minute;
/**
 * How long after the login its token may be made. A provider that has a session signs any nonce without asking anybody
 * (`prompt=none`), so a token that is later than this was not made for a login that its person had just gone through.
 */
const promptMs = 2 * minute;

/**
 * Checks ID tokens by the provider's public keys alone (OpenID Connect Core 1.0 section 3.1.3.7). It is a proof's past
 * that is judged: a token that has expired since then shows what it showed.
 */
export function idTokenCheck(
  provider: Pick<Provider, "preset" | "issuer" | "clientId" | "acr" | "okta" | "login">,
): Check<IdToken> {
  const { issuer, clientId, okta } = provider;
  const keys = providerKeys(issuer);

  return async (proof, evidence) => {
    const claims = await read(evidence, proof.at, await keys());
    if (typeof claims === "string") return claims;
    return whyClaimsFail(claims, proof) ?? whyOtherwise(claims, proof, evidence);
  };

  async function read({ token }: IdToken, at: number, key: Keys): Promise<JWTPayload | string> {
    try {
      const { payload } = await jwtVerify(token, key, {
        ...{ issuer, audience: clientId, algorithms, requiredClaims: ["sub", "exp", "iat"] },
        ...{ currentDate: new Date(at), clockTolerance: skewMs / 1000 },
      });
      return payload;
    } catch (fault) {
      if (fault instanceof errors.JWKSTimeout || !(fault instanceof errors.JOSEError) || isAboutKeys(fault))
        throw keysAway(fault);
      if (fault instanceof errors.JWTExpired) return "the ID token had expired when it was used";
      return `the ID token does not hold (${fault.code})`;
    }
  }

  function whyClaimsFail(claims: JWTPayload, proof: Proof): string | undefined {
    const { sub, auth_time: authTime, azp, aud } = claims;
    if (sub !== proof.subject) return "the ID token is of somebody else";
    if (Array.isArray(aud) && aud.length > 1 && azp !== clientId) return "the ID token is for others too";
    const weak = proof.authenticator === "okta" ? whyMethodsFail(claims) : whyContextFails(provider, claims);
    if (weak !== undefined) return weak;
    if (typeof authTime !== "number") return "the ID token does not say when they authenticated";
    const at = authTime * 1000;
    if (at < proof.at - ageMs) return "the login of the ID token is too old";
    if (at > proof.at + skewMs) return "the login of the ID token lies after the proof";
    return undefined;
  }

  /** What a login's token must say besides, and a push's must not: the nonce. */
  function whyOtherwise(claims: JWTPayload, proof: Proof, { binding }: IdToken): string | undefined {
    const { nonce, iat = 0, auth_time: authTime } = claims;
    if (proof.authenticator !== "login")
      return nonce === undefined ? undefined : "the ID token is of a login, and not of a push";
    if (!provider.login) return "no login at the provider counts here";
    if (!binding || nonce !== challengeOf(proof, binding)) return "the login was for something else";
    if (binding.expiresAt < proof.at || binding.expiresAt - proof.at > stepUpMs) return "it was not given in time";
    const waited = iat * 1000 - Number(authTime) * 1000;
    return waited > promptMs ? "the provider signed it without a login of then" : undefined;
  }

  /** Okta's direct authentication says by which methods, and not in which context. */
  function whyMethodsFail({ amr }: JWTPayload): string | undefined {
    if (!okta) return "no push through Okta is set up here";
    if (Array.isArray(amr) && amr.some((method) => okta.amr.includes(method))) return undefined;
    return `the ID token's amr is ${Array.isArray(amr) ? amr.join(" and ") : "missing"}, and it takes ${okta.amr.join(" or ")}`;
  }
}

type Keys = ReturnType<typeof createRemoteJWKSet>;

/** The provider's keys as it publishes them; where they lie is read once, and again after a failure. */
function providerKeys(issuer: string): () => Promise<Keys> {
  let known: Keys | undefined;
  return async () => {
    known ??= await keysOf(issuer).catch((cause: unknown) => {
      throw keysAway(cause);
    });
    return known;
  };
}

/** OpenID Connect Discovery 1.0 section 4. */
async function keysOf(issuer: string): Promise<Keys> {
  const place = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const answer = await fetch(place, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
  if (!answer.ok) throw new Error(`discovery was answered with ${answer.status}`);
  const published = (await answer.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
  if (published.issuer !== issuer) throw new Error("discovery names another issuer");
  const at = new URL(String(published.jwks_uri));
  // The document has said already whether plain http may be.
  if (at.protocol !== "https:" && at.protocol !== new URL(issuer).protocol)
    throw new Error("the keys are not at https");
  return createRemoteJWKSet(at, { timeoutDuration: timeoutMs, cacheMaxAge: 10 * minute, cooldownDuration: 10_000 });
}

function keysAway(cause: unknown): WitnessAway {
  return new WitnessAway("the identity provider's keys cannot be read", cause);
}

/** Whether it is the keys that could not be had, and not the token that is wrong. */
function isAboutKeys({ code }: errors.JOSEError): boolean {
  return code === "ERR_JWKS_INVALID" || code === "ERR_JOSE_GENERIC";
}
