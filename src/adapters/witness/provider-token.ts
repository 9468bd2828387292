import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { WitnessAway } from "../../challenge/witness-away.ts";
import type { Provider } from "../../policy/provider-document.ts";

/** Asymmetric alone: with HS256 whoever has the client's secret could sign, and `none` is nobody's signature. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const timeoutMs = 5_000;
const minute = 60_000;
/** How far the provider's clock and Redis's may differ. */
export const skewMs = minute;

/**
 * Reads ID tokens as they stood at a moment, by the provider's public keys: the claims of one that it signed for us and
 * that had not expired then (OpenID Connect Core 1.0 section 3.1.3.7), or why it is none. Throws WitnessAway while its keys
 * cannot be read.
 */
export function tokenReader({
  issuer,
  clientId,
}: Pick<Provider, "issuer" | "clientId">): (token: string, at: number) => Promise<JWTPayload | string> {
  const keys = providerKeys(issuer);
  return async (token, at) => {
    const key = await keys();
    try {
      const { payload } = await jwtVerify(token, key, {
        ...{ issuer, audience: clientId, algorithms, requiredClaims: ["sub", "exp", "iat"] },
        ...{ currentDate: new Date(at), clockTolerance: skewMs / 1000 },
      });
      const { azp, aud } = payload;
      return Array.isArray(aud) && aud.length > 1 && azp !== clientId ? "the ID token is for others too" : payload;
    } catch (fault) {
      if (fault instanceof errors.JWKSTimeout || !(fault instanceof errors.JOSEError) || isAboutKeys(fault))
        throw keysAway(fault);
      if (fault instanceof errors.JWTExpired) return "the ID token had expired when it was used";
      return `the ID token does not hold (${fault.code})`;
    }
  };
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
