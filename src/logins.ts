import { loginSeal } from "./adapters/authenticators/login.ts";
import type { SealingKeys } from "./adapters/authenticators/seal.ts";
import { providerLogins } from "./adapters/idp/login.ts";
import { pagesOrigin, type WebSettings } from "./config.ts";
import type { Logins } from "./login-port.ts";

/** Logins at the provider, where people can log in there for us; undefined where they cannot. */
export function loginsOf(settings: WebSettings, sealing: SealingKeys): Logins | undefined {
  const { provider, COUNTERSIGN_IDP_CLIENT_SECRET: secret, COUNTERSIGN_PLAIN_IDP: plain } = settings;
  const origin = pagesOrigin(settings);
  if (!provider?.login || origin === undefined || secret === undefined) return undefined;
  const back = new URL("/login", origin).href;
  return providerLogins(provider, { secret, plain: plain === "demo", back, seal: loginSeal(sealing) });
}
