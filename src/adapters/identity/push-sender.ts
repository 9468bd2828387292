import {
  allowInsecureRequests,
  type ClientAuth,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  genericGrantRequest,
  initiateBackchannelAuthentication,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from "openid-client";
import type { Provider } from "../../policy/provider-document.ts";
import type { PushWays } from "../../policy/provider-presets.ts";
import type { NotSent, Polled, PresentedToken, PushSender } from "../../push-port.ts";

/** Of each call, in seconds. */
const timeoutSeconds = 5;
/** Between polls where the provider does not say, in seconds (OpenID CIBA Core 1.0 section 7.3). */
const usualInterval = 5;
const grantType = "urn:openid:params:grant-type:ciba";

/**
 * Pushes by OpenID CIBA in poll mode. What the provider publishes of itself is read at the first push, and again after a
 * failure: web starts without it. Signatures are checked, which the library does not by itself (facts/identity.md).
 */
export function cibaSender(
  provider: Provider & { readonly push: PushWays },
  { secret, plain }: { readonly secret: string; readonly plain: boolean },
): PushSender {
  const { issuer, clientId, acr, push } = provider;
  const auth: ClientAuth = provider.clientAuth === "basic" ? ClientSecretBasic(secret) : ClientSecretPost(secret);
  let known: Promise<Configuration> | undefined;

  function configuration(): Promise<Configuration> {
    known ??= discovery(new URL(issuer), clientId, {}, auth, {
      timeout: timeoutSeconds,
      execute: plain ? [allowInsecureRequests, enableNonRepudiationChecks] : [enableNonRepudiationChecks],
    }).catch((fault: unknown) => {
      known = undefined;
      throw fault;
    });
    return known;
  }

  return {
    text: push.text,
    lifeMs: push.seconds * 1000,

    async send({ subject, text }) {
      try {
        const sent = await initiateBackchannelAuthentication(await configuration(), {
          scope: "openid",
          login_hint: push.hint === "sub" ? subject : JSON.stringify({ format: "iss_sub", iss: issuer, sub: subject }),
          binding_message: text,
          acr_values: acr[0],
          [push.expiry]: String(push.seconds),
        });
        return {
          handle: sent.auth_req_id,
          forMs: sent.expires_in * 1000,
          intervalMs: (sent.interval ?? usualInterval) * 1000,
        };
      } catch (fault) {
        return whyNotSent(fault);
      }
    },

    async poll(handle) {
      try {
        const answer = await genericGrantRequest(await configuration(), grantType, { auth_req_id: handle });
        const claims = answer.claims();
        return answer.id_token === undefined || !claims
          ? { answer: "expired" }
          : { answer: "token", token: presented(answer.id_token, claims) };
      } catch (fault) {
        return whyNoAnswer(fault);
      }
    },
  };
}

function presented(token: string, claims: Readonly<Record<string, unknown>>): PresentedToken {
  const { sub, acr, auth_time: authTime } = claims;
  return {
    token,
    subject: String(sub),
    ...(typeof acr === "string" ? { acr } : {}),
    ...(typeof authTime === "number" ? { authenticatedAt: authTime * 1000 } : {}),
  };
}

/** RFC 6749 section 5.2 and OpenID CIBA Core 1.0 section 13: a 4xx with a code means that nobody was asked. */
function whyNotSent(fault: unknown): NotSent {
  if (fault instanceof WWWAuthenticateChallengeError) return { notSent: "refused", because: `status ${fault.status}` };
  if (!(fault instanceof ResponseBodyError) || fault.status >= 500 || fault.status === 429)
    return { notSent: "unavailable", because: codeOf(fault) };
  return { notSent: fault.error === "unknown_user_id" ? "unknown-person" : "refused", because: fault.error };
}

/**
 * Only what the provider itself says ends a push. A token that was taken and does not hold is gone for good, so it ends
 * it too; what was lost on the way stays pending until the push is over.
 */
function whyNoAnswer(fault: unknown): Polled {
  if (fault instanceof ResponseBodyError)
    switch (fault.error) {
      case "authorization_pending":
        return { answer: "pending" };
      case "slow_down":
        return { answer: "slower" };
      case "access_denied":
        return { answer: "declined" };
      default:
        return { answer: fault.status >= 500 || fault.status === 429 ? "slower" : "expired" };
    }
  return { answer: fault instanceof ClientError && isJudgement(fault.code) ? "expired" : "pending" };
}

/** The library says so when it read an answer and did not take it. */
function isJudgement(code: string | undefined): boolean {
  return code !== undefined && /^OAUTH_(INVALID_RESPONSE|JWT_|JSON_|KEY_SELECTION|UNSUPPORTED)/.test(code);
}

function codeOf(fault: unknown): string {
  if (fault instanceof ResponseBodyError) return fault.error;
  return fault instanceof ClientError && fault.code !== undefined ? fault.code : "no answer";
}
