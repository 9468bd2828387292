import { randomUUID } from "node:crypto";
import { canonical, sha256 } from "../../audit/canonical.ts";
import { bodyText } from "../../audit/chain.ts";
import type { AuditEvent } from "../../audit/event.ts";
import type { SlackAccount, SlackLinkStore } from "../../ports/link.ts";
import type { Scribe } from "../../ports.ts";
import type { StateClient } from "./redis.ts";

/** Links of Slack accounts in one hash, by team and user; compared as text. */
export function redisSlackLinks(client: StateClient, scribe: Scribe): SlackLinkStore {
  const key = `${client.prefix}slack-links`;
  const fieldOf = ({ team, user }: SlackAccount) => `${team}/${user}`;

  async function turn(
    account: SlackAccount,
    event: AuditEvent,
    texts: readonly [expect: string, next: string],
    salt?: string,
  ) {
    const body = bodyText(scribe(event));
    const args = { op: randomUUID(), account: fieldOf(account), ...(salt === undefined ? {} : { salt }) };
    return client.run("link", args, body, sha256(body), ...texts);
  }

  return {
    read: (account) => client.read(async (redis) => (await redis.hget(key, fieldOf(account))) ?? undefined),
    all: () => client.read((redis) => redis.hvals(key)),
    async keep(link, salt, expect = "") {
      const { team, user, subject } = link;
      const event = { kind: "identity.linked", subject, team, user } as const;
      const answer = await turn(link, event, [expect, canonical(link)], salt);
      return answer === "turned" ? "kept" : answer === "used" ? "used" : "moved";
    },
    async end(account, text, subject, by) {
      const { team, user } = account;
      const event = { kind: "identity.unlinked", subject, team, user, by } as const;
      return (await turn(account, event, [text, ""])) === "turned";
    },
  };
}
