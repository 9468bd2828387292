import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  calculatePKCECodeChallenge,
  ResponseBodyError,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { type Refusal, refuse } from "../../operation/refusal.ts";
import type { Provider } from "../../policy/provider-document.ts";
import { presets } from "../../policy/provider-presets.ts";
import type { LoginEnd, LoginSeal, Logins, WayBack } from "../../ports/login.ts";
import { providerClient } from "./provider-client.ts";
import { presented } from "./token-answer.ts";

/** What a browser keeps of a login that it has begun. */
interface Kept {
  readonly state: string;
  readonly verifier: string;
  readonly nonce: string;
  readonly end: LoginEnd;
  readonly carry: string;
}

/** Logins by the provider's authorization endpoint; `back` is the page of ours that is registered with it. */
export function providerLogins(
  provider: Provider,
  to: { readonly secret: string; readonly plain: boolean; readonly back: string; readonly seal: LoginSeal },
): Logins {
  const { issuer, clientId, clientAuth, acr, preset, groups } = provider;
  const { secret, plain, back, seal } = to;
  const auth = clientAuth === "basic" ? ClientSecretBasic(secret) : ClientSecretPost(secret);
  const client = providerClient({ issuer, clientId, auth, plain });
  const { context } = presets[preset];

  return {
    host: new URL(issuer).host,

    async begin({ end, nonce, subject, carry }) {
      const configuration = await client.configuration().catch(() => undefined);
      if (!configuration) return away;
      const [state, verifier] = [randomState(), randomPKCECodeVerifier()];
      const asksGroups = groups !== undefined && end === "link";
      const address = buildAuthorizationUrl(configuration, {
        // OpenID Connect Core 1.0 section 11: what outlasts the login takes consent.
        scope: asksGroups ? "openid offline_access" : "openid",
        redirect_uri: back,
        // The code then stands in no request line of ours.
        response_mode: "fragment",
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        // Whatever session there is: somebody must be there now.
        prompt: asksGroups ? "login consent" : "login",
        max_age: "0",
        ...(context === "acr" ? { acr_values: acr[0] } : {}),
        claims: JSON.stringify({
          id_token: {
            [context]: { essential: true, value: acr[0] },
            auth_time: null,
            ...(asksGroups ? { [groups.claim]: null } : {}),
          },
        }),
        ...(subject === undefined ? {} : { login_hint: subject }),
      });
      const kept: Kept = { state, verifier, nonce, end, carry };
      return { address: address.href, kept: `${state}.${seal.close(JSON.stringify(kept), state)}` };
    },

    async finish(text, { code, state, iss, error }) {
      const kept = opened(text, state);
      if (!kept)
        return refuse("link-not-valid", "This login was not begun in this browser, or another one was since.", again);
      const { verifier, nonce, end, carry } = kept;
      const answer = new URL(back);
      const brought: WayBack = { code, state, iss, error };
      for (const [name, value] of Object.entries(brought)) if (value !== "") answer.searchParams.set(name, value);
      const configuration = await client.configuration().catch(() => undefined);
      if (!configuration) return away;
      try {
        const tokens = await authorizationCodeGrant(configuration, answer, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (tokens.id_token === undefined || !claims)
          return refuse("evidence", "The provider brought no ID token.", again);
        const { refresh_token: refresh } = tokens;
        return {
          ...{ end, carried: carry, token: presented(tokens.id_token, claims) },
          ...(groups && end === "link" && refresh !== undefined ? { refresh } : {}),
        };
      } catch (fault) {
        return whyNotLoggedIn(fault);
      }
    },
  };

  /** What this browser kept for this very answer. */
  function opened(text: string, state: string): Kept | undefined {
    const [of = "", ...sealed] = text.split(".");
    if (of === "" || of !== state) return undefined;
    try {
      return JSON.parse(seal.open(sealed.join("."), state)) as Kept;
    } catch {
      return undefined;
    }
  }
}

const again = "Begin again from the form in Slack.";
const away = refuse("provider-away", "The identity provider does not answer now.", "Try again in a minute.");

/** RFC 6749 sections 4.1.2.1 and 5.2. Of what was not understood nothing is repeated: it may hold a code. */
function whyNotLoggedIn(fault: unknown): Refusal {
  if (fault instanceof AuthorizationResponseError)
    return fault.error === "access_denied"
      ? refuse("declined", "You did not log in: the provider says that you said no.", again)
      : refuse("evidence", `The provider did not log you in: it says ${plainCode(fault.error)}.`, again);
  if (fault instanceof ResponseBodyError && fault.status < 500 && fault.status !== 429)
    return refuse("evidence", `The provider does not take its own answer: it says ${plainCode(fault.error)}.`, again);
  if (fault instanceof ClientError && fault.code !== undefined && /^OAUTH_(INVALID|JWT_|JSON_|KEY_)/.test(fault.code))
    return refuse("evidence", `What the provider answered does not hold (${fault.code}).`, again);
  return away;
}

/** RFC 6749 appendix A.7 lets an error be any printable text; ours are words of a known form. */
function plainCode(error: string): string {
  return /^[a-z_]{1,60}$/.test(error) ? error : "something of its own";
}
