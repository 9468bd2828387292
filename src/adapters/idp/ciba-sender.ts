import {
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  initiateBackchannelAuthentication,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from "openid-client";
import { bindingMessage } from "../../challenge/binding-message.ts";
import type { Provider } from "../../policy/provider-document.ts";
import type { PushWays } from "../../policy/provider-presets.ts";
import type { NotSent, PushSender } from "../../ports/push.ts";
import { providerClient } from "./provider-client.ts";

/** Between polls where the provider does not say, in seconds (OpenID CIBA Core 1.0 section 7.3). */
const usualInterval = 5;
const grantType = "urn:openid:params:grant-type:ciba";

/** Pushes by OpenID CIBA in poll mode. */
export function cibaSender(
  provider: Provider & { readonly push: PushWays },
  { secret, plain }: { readonly secret: string; readonly plain: boolean },
): PushSender {
  const { issuer, clientId, acr, push } = provider;
  const auth = provider.clientAuth === "basic" ? ClientSecretBasic(secret) : ClientSecretPost(secret);
  const client = providerClient({ issuer, clientId, auth, plain });

  return {
    lifeMs: push.seconds * 1000,
    takes: { acr },

    async send({ subject, ...text }) {
      try {
        const sent = await initiateBackchannelAuthentication(await client.configuration(), {
          scope: "openid",
          login_hint: push.hint === "sub" ? subject : JSON.stringify({ format: "iss_sub", iss: issuer, sub: subject }),
          binding_message: bindingMessage(text, push.text),
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

    poll: (handle) => client.ask(grantType, { auth_req_id: handle }),
  };
}

/** RFC 6749 section 5.2 and OpenID CIBA Core 1.0 section 13: a 4xx with a code means that nobody was asked. */
function whyNotSent(fault: unknown): NotSent {
  if (fault instanceof WWWAuthenticateChallengeError) return { notSent: "refused", because: `status ${fault.status}` };
  if (!(fault instanceof ResponseBodyError) || fault.status >= 500 || fault.status === 429)
    return { notSent: "unavailable", because: codeOf(fault) };
  return { notSent: fault.error === "unknown_user_id" ? "unknown-person" : "refused", because: fault.error };
}

function codeOf(fault: unknown): string {
  if (fault instanceof ResponseBodyError) return fault.error;
  return fault instanceof ClientError && fault.code !== undefined ? fault.code : "no answer";
}
