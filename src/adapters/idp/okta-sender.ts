import { ClientError, ClientSecretBasic, type Configuration } from "openid-client";
import type { DirectWays, Provider } from "../../policy/provider-document.ts";
import type { NotSent, PushSender, Sent } from "../../ports/push.ts";
import { boundedBody } from "./bounded-body.ts";
import { providerClient, timeoutSeconds } from "./provider-client.ts";

/** Between polls where Okta does not say, in seconds. */
const usualInterval = 5;
const oob = "urn:okta:params:oauth:grant-type:oob";

/**
 * Pushes to Okta Verify by direct authentication: `primary-authenticate`, then the token endpoint. It takes the client's
 * credential alone, where the Factors API takes one that may enrol and reset anybody's factors. A push carries no text of
 * ours: only Okta's number counts, which the person picks on their device, and which is shown where they began.
 */
export function oktaSender(
  { issuer, clientId, okta }: Pick<Provider, "issuer" | "clientId"> & { readonly okta: DirectWays },
  { secret, plain }: { readonly secret: string; readonly plain: boolean },
): PushSender {
  const auth = ClientSecretBasic(secret);
  const client = providerClient({ issuer, clientId, auth, plain });

  async function begin(subject: string): Promise<Response> {
    const config = await client.configuration();
    const body = new URLSearchParams({ login_hint: subject, channel_hint: "push", challenge_hint: oob });
    const headers = new Headers({ accept: "application/json" });
    auth(config.serverMetadata(), config.clientMetadata(), body, headers);
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    return fetch(startOf(config, issuer), { method: "POST", body, headers, signal, redirect: "error" });
  }

  return {
    lifeMs: okta.seconds * 1000,
    takes: { amr: okta.amr },

    async send({ subject }) {
      try {
        const response = await begin(subject);
        return sentBy(response.status, await contentOf(response));
      } catch (fault) {
        const because = fault instanceof ClientError && fault.code !== undefined ? fault.code : "no answer";
        return { notSent: "unavailable", because };
      }
    },

    poll: (handle) => client.ask(oob, { oob_code: handle, scope: "openid" }),
  };
}

/** Beside the token endpoint of the same authorization server, and never at another place than the issuer's. */
function startOf(config: Configuration, issuer: string): URL {
  const url = new URL(String(config.serverMetadata().token_endpoint));
  if (url.origin !== new URL(issuer).origin || !url.pathname.endsWith("/v1/token"))
    throw new TypeError("the token endpoint is not where Okta has it");
  url.pathname = url.pathname.replace(/token$/, "primary-authenticate");
  return url;
}

type Content = Readonly<Record<string, unknown>>;

async function contentOf(response: Response): Promise<Content> {
  const content: unknown = JSON.parse(await boundedBody(response));
  return typeof content === "object" && content !== null ? (content as Content) : {};
}

/** Whether what was begun counts: a number to pick, else a push is yes or no (NIST SP 800-63B-4 section 3.1.3). */
function sentBy(status: number, content: Content): Sent | NotSent {
  if (status === 429) return { notSent: "busy", because: "status 429" };
  if (status >= 500) return { notSent: "unavailable", because: `status ${status}` };
  if (status !== 200) return refusedWith(status, content["error"]);
  const { oob_code: handle, expires_in: life, interval, binding_method: method, binding_code: number } = content;
  if (typeof handle !== "string" || handle === "" || typeof life !== "number")
    return { notSent: "unavailable", because: "no oob_code" };
  if (method !== "transfer" || typeof number !== "string" || !/^\d{1,10}$/.test(number))
    return { notSent: "plain", because: "binding_method" };
  const intervalMs = (typeof interval === "number" && interval > 0 ? interval : usualInterval) * 1000;
  return { handle, forMs: life * 1000, intervalMs, enter: number };
}

function refusedWith(status: number, error: unknown): NotSent {
  const because = typeof error === "string" && /^[a-z_]{1,40}$/.test(error) ? error : `status ${status}`;
  // Okta says so of a person who is unknown, or has no such authenticator.
  return { notSent: because === "invalid_grant" ? "unknown-person" : "refused", because };
}
