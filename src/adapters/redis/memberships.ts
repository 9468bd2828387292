import { randomUUID } from "node:crypto";
import { sha256 } from "../../audit/canonical.ts";
import { bodyText } from "../../audit/chain.ts";
import type { AuditEvent } from "../../audit/event.ts";
import type { KeptMembership, MembershipStore } from "../../ports/membership.ts";
import type { Scribe } from "../../ports.ts";
import type { StateClient } from "./redis.ts";

/** Memberships in two hashes by subject: tokens, and refresh tokens as they were sealed. */
export function redisMemberships(client: StateClient, scribe: Scribe): MembershipStore {
  const [tokens, refreshes] = [`${client.prefix}membership`, `${client.prefix}membership-refresh`];

  async function put(subject: string, { token, refresh }: KeptMembership, event: AuditEvent | undefined) {
    const body = event ? bodyText(scribe(event)) : "";
    await client.run("membership", { op: randomUUID(), subject }, body, body && sha256(body), token, refresh);
  }

  return {
    read: (subject) =>
      client.read(async (redis) => {
        const [token, refresh] = await Promise.all([redis.hget(tokens, subject), redis.hget(refreshes, subject)]);
        return token === null ? undefined : { token, refresh: refresh ?? "" };
      }),
    all: () =>
      client.read(async (redis) => {
        const kept = Object.entries(await redis.hgetall(tokens));
        return new Map(kept.map(([subject, token]) => [subject, { token, refresh: "" }]));
      }),
    keep: (subject, membership, groups) =>
      put(
        subject,
        membership,
        groups && {
          kind: "membership.read",
          subject,
          groups: groups.join(", "),
          evidence: sha256(membership.token),
        },
      ),
    end: (subject) => put(subject, { token: "", refresh: "" }, { kind: "membership.ended", subject }),
    takeTurn: async (subject, forMs) =>
      (await client.run("membership-turn", { op: randomUUID(), subject, forMs })) === "taken",
    rest: async (subject) => void (await client.run("membership-turn", { op: randomUUID(), subject })),
  };
}
