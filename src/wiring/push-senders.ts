import { cibaSender } from "../adapters/idp/ciba-sender.ts";
import { duoClient } from "../adapters/idp/duo-client.ts";
import { duoSender } from "../adapters/idp/duo-sender.ts";
import { oktaSender } from "../adapters/idp/okta-sender.ts";
import type { WebSettings } from "../config.ts";
import type { PushAuthenticator } from "../policy/authenticator.ts";
import type { PushSender, PushSenders } from "../ports/push.ts";

/** Whoever sends pushes here, as web's settings have them; empty = nobody does. */
export function pushSenders(settings: WebSettings): PushSenders {
  const { provider, COUNTERSIGN_IDP_CLIENT_SECRET: secret, COUNTERSIGN_DUO_SECRET: duoSecret } = settings;
  const plain = settings.COUNTERSIGN_PLAIN_IDP === "demo";
  const senders = new Map<PushAuthenticator, PushSender>();
  if (!provider) return senders;
  const { push, duo, okta } = provider;
  if (duo && duoSecret !== undefined) senders.set("duo", duoSender(duoClient(duo, { secret: duoSecret, plain })));
  if (okta && secret !== undefined) senders.set("okta", oktaSender({ ...provider, okta }, { secret, plain }));
  if (push && secret !== undefined) senders.set("push", cibaSender({ ...provider, push }, { secret, plain }));
  return senders;
}
