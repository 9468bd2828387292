import { randomUUID } from "node:crypto";
import { sha256 } from "../../audit/canonical.ts";
import { bodyText } from "../../audit/chain.ts";
import type { RegistrationStore } from "../../ports/enrolment.ts";
import type { Scribe } from "../../ports.ts";
import type { StateClient } from "./redis.ts";

/** One-time links for registering passkeys. What was registered stands in the trail, and nowhere else. */
export function redisRegistrations(client: StateClient, scribe: Scribe): RegistrationStore {
  // The link is a secret: only its hash is ever written.
  const keyOf = (link: string) => `registration:${sha256(link)}`;
  return {
    async issue(link, subject, forMs, by) {
      const body = bodyText(scribe({ kind: "passkey.issued", subject, by }));
      await client.run("register-issue", { link: keyOf(link), subject, forMs }, body, sha256(body));
    },
    open: (link) => client.read(async (redis) => (await redis.get(client.prefix + keyOf(link))) ?? undefined),
    async register(link, subject, { id, key }) {
      const body = bodyText(scribe({ kind: "passkey.registered", subject, credential: id, key }));
      const op = randomUUID();
      return (await client.run("register", { op, link: keyOf(link), subject }, body, sha256(body))) === 1;
    },
  };
}
