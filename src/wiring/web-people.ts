import { loginSeal, membershipSeal } from "../adapters/authenticators/login.ts";
import type { SealingKeys } from "../adapters/authenticators/seal.ts";
import { linkingSeal } from "../adapters/authenticators/slack-links.ts";
import { fileDirectory } from "../adapters/identity/files.ts";
import { providerLogins } from "../adapters/idp/login.ts";
import { providerRefresh } from "../adapters/idp/refresh.ts";
import { redisMemberships } from "../adapters/redis/memberships.ts";
import type { StateClient } from "../adapters/redis/redis.ts";
import { redisSlackLinks } from "../adapters/redis/slack-links.ts";
import { contextCheck } from "../adapters/witness/login-context.ts";
import { membershipWitness } from "../adapters/witness/membership.ts";
import { linkedDirectory } from "../challenge/linked-directory.ts";
import { createLinking, type Linking } from "../challenge/linking.ts";
import { type MembershipPorts, memberDirectory, takeMembership } from "../challenge/membership.ts";
import { pagesOrigin, type WebSettings } from "../config.ts";
import type { Logins } from "../ports/login.ts";
import type { Attestor, Directory, Scribe, Trail } from "../ports.ts";

/** Who is who as web knows them, and how people log in for it. */
export interface WebPeople {
  readonly directory: Directory;
  /** Absent: nobody logs in at a provider for us. */
  readonly login?: { readonly logins: Logins; readonly linking: Linking };
  /** What the provider last signed of somebody's groups; absent: it says nothing of groups that counts. */
  readonly memberships?: { tokenOf(subject: string): Promise<string | undefined> };
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
  const members = membersOf(settings, parts);
  const people = members
    ? {
        directory: memberDirectory(named, members),
        memberships: { tokenOf: async (sub: string) => (await members.store.read(sub))?.token || undefined },
      }
    : { directory: named };
  const logins = loginsOf(settings, sealing);
  if (!provider || !logins) return people;
  const linking = createLinking({
    ...{ seal: linkingSeal(sealing), logins, links, directory: named, listed, attestor, trail, clock },
    whyWeak: contextCheck(provider),
    ...(members ? { membership: (subject, brought) => takeMembership(members, subject, brought) } : {}),
  });
  return { ...people, login: { logins, linking } };
}

/** What groups by the provider's word rest on; undefined where the document says nothing of groups. */
function membersOf(
  { provider, COUNTERSIGN_IDP_CLIENT_SECRET: secret, COUNTERSIGN_PLAIN_IDP: plain }: WebSettings,
  { sealing, state, scribe, clock, onFault }: Omit<Parameters<typeof webPeople>[1], "attestor" | "trail">,
): MembershipPorts | undefined {
  if (!provider?.groups || secret === undefined) return undefined;
  return {
    store: redisMemberships(state, scribe),
    witness: membershipWitness({ ...provider, groups: provider.groups }),
    provider: providerRefresh(provider, { secret, plain: plain === "demo" }),
    seal: membershipSeal(sealing),
    ...{ clock, onFault },
  };
}

/** Logins at the provider, where people can log in there for us; undefined where they cannot. */
function loginsOf(settings: WebSettings, sealing: SealingKeys): Logins | undefined {
  const { provider, COUNTERSIGN_IDP_CLIENT_SECRET: secret, COUNTERSIGN_PLAIN_IDP: plain } = settings;
  const origin = pagesOrigin(settings);
  if (!provider?.login || origin === undefined || secret === undefined) return undefined;
  const back = new URL("/login", origin).href;
  return providerLogins(provider, { secret, plain: plain === "demo", back, seal: loginSeal(sealing) });
}
