import { loginSeal, membershipSeal } from "./adapters/authenticators/login.ts";
import type { SealingKeys } from "./adapters/authenticators/seal.ts";
import { linkingSeal } from "./adapters/authenticators/slack-links.ts";
import { fileDirectory } from "./adapters/identity/files.ts";
import { providerLogins } from "./adapters/idp/login.ts";
import { providerRefresh } from "./adapters/idp/refresh.ts";
import type { StateClient } from "./adapters/redis/redis.ts";
import { redisSlackLinks } from "./adapters/redis/slack-links.ts";
import { contextCheck } from "./adapters/witness/login-context.ts";
import { linkedDirectory } from "./challenge/linked-directory.ts";
import { createLinking, type Linking } from "./challenge/linking.ts";
import { type Asking, memberDirectory, takeMembership } from "./challenge/membership.ts";
import { pagesOrigin, type WebSettings } from "./config.ts";
import type { Logins } from "./login-port.ts";
import { membershipsOf } from "./memberships.ts";
import type { Attestor, Directory, Scribe, Trail } from "./ports.ts";

/** Who is who as web knows them, and how people log in for it. */
export interface WebPeople {
  readonly directory: Directory;
  /** Absent: nobody logs in at a provider for us. */
  readonly login?: { readonly logins: Logins; readonly linking: Linking };
  /** Whether the provider says who is in which groups. */
  readonly readsGroups: boolean;
}

/** The directory's people, whom they linked themselves, and the groups that the provider says they are in. */
export function webPeople(
  settings: WebSettings,
  parts: {
    readonly sealing: SealingKeys;
    readonly state: StateClient;
    readonly scribe: Scribe;
    readonly attestor: Attestor;
    readonly trail: Trail;
    readonly clock: { now(): Promise<number> };
    readonly onFault: (fault: unknown) => void;
  },
): WebPeople {
  const { sealing, state, scribe, attestor, trail, clock, onFault } = parts;
  const { provider } = settings;
  const listed = fileDirectory(settings.COUNTERSIGN_DIRECTORY, onFault);
  const links = redisSlackLinks(state, scribe);
  const named = linkedDirectory(listed, links, attestor);
  const memberships = membershipsOf(provider, { state, scribe, clock });
  const asking = askingOf(settings, sealing);
  const members = memberships && asking ? { ...memberships, asking } : undefined;
  const people = { directory: members ? memberDirectory(named, members) : named, readsGroups: members !== undefined };
  const logins = loginsOf(settings, sealing);
  if (!provider || !logins) return people;
  const linking = createLinking({
    ...{ seal: linkingSeal(sealing), logins, links, directory: named, listed, attestor, trail, clock },
    whyWeak: contextCheck(provider),
    ...(members ? { membership: (subject, brought) => takeMembership(members, subject, brought) } : {}),
  });
  return { ...people, login: { logins, linking } };
}

/** How the provider is asked anew who somebody is; undefined where the document says nothing of groups. */
function askingOf(settings: WebSettings, sealing: SealingKeys): Asking | undefined {
  const { provider, COUNTERSIGN_IDP_CLIENT_SECRET: secret, COUNTERSIGN_PLAIN_IDP: plain } = settings;
  if (!provider?.groups || secret === undefined) return undefined;
  return { provider: providerRefresh(provider, { secret, plain: plain === "demo" }), seal: membershipSeal(sealing) };
}

/** Logins at the provider, where people can log in there for us; undefined where they cannot. */
function loginsOf(settings: WebSettings, sealing: SealingKeys): Logins | undefined {
  const { provider, COUNTERSIGN_IDP_CLIENT_SECRET: secret, COUNTERSIGN_PLAIN_IDP: plain } = settings;
  const origin = pagesOrigin(settings);
  if (!provider?.login || origin === undefined || secret === undefined) return undefined;
  const back = new URL("/login", origin).href;
  return providerLogins(provider, { secret, plain: plain === "demo", back, seal: loginSeal(sealing) });
}
