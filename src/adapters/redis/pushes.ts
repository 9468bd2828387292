import { randomUUID } from "node:crypto";
import { sha256 } from "../../audit/canonical.ts";
import { bodyText } from "../../audit/chain.ts";
import type { AuditEvent } from "../../audit/event.ts";
import type { PushState, PushStore, Reserved } from "../../ports/push.ts";
import type { Scribe } from "../../ports.ts";
import type { StateClient } from "./redis.ts";

const minute = 60_000;
/** facts/identity.md section 8: three without success in ten minutes, none for 15 minutes after a no. */
const limits = { most: 3, withinMs: 10 * minute, lockMs: 15 * minute, wrong: 3 } as const;
/** How long it is known how a push ended. */
const keptMs = 30 * minute;
/** How often an open push is looked at where nobody types its code, in ms: a no must not wait for anybody. */
const patience = 3_000;

/** Pushes and their limits in Redis: each change is one script, by Redis's clock. */
export function redisPushes(client: StateClient, scribe: Scribe): PushStore {
  const key = (name: string) => client.prefix + name;
  const recorded = (event: AuditEvent): [string, string] => {
    const body = bodyText(scribe(event));
    return [body, sha256(body)];
  };

  async function subjectOf(salt: string): Promise<string> {
    return client.read(async (redis) => (await redis.hget(key(`push:${salt}`), "subject")) ?? "");
  }

  async function end(salt: string, rest: Readonly<Record<string, unknown>>): Promise<PushState> {
    const event: AuditEvent = { kind: "authenticator.locked", subject: await subjectOf(salt), credential: "push" };
    const { lockMs } = limits;
    return (await client.run("push-end", { salt, lockMs, ...rest }, ...recorded(event))) as PushState;
  }

  return {
    async reserve({ salt, subject, request, forMs }) {
      const { most, withinMs } = limits;
      const event = recorded({ kind: "push.begun", request, subject });
      return reservedOf(await client.run("push-reserve", { salt, subject, forMs, most, withinMs, keptMs }, ...event));
    },
    sent: async (salt, sealed, about) => (await client.run("push-sent", { salt, sealed, ...about })) === 1,
    async withdraw(salt) {
      await client.run("push-withdraw", { salt });
    },
    read: (salt) =>
      client.read(async (redis) => {
        const { subject, state, expiresAt, sealed, answer, lockedUntil } = await redis.hgetall(key(`push:${salt}`));
        if (!subject || !state) return undefined;
        return {
          subject,
          expiresAt: Number(expiresAt),
          state: state as PushState,
          ...(sealed ? { sealed } : {}),
          ...(answer ? { answer } : {}),
          ...(lockedUntil ? { lockedUntil: Number(lockedUntil) } : {}),
        };
      }),
    openOf: (subject) => client.read(async (redis) => (await redis.get(key(`pushes:${subject}:open`))) ?? undefined),
    // A turn whose answer was lost is nobody's until it is over.
    takeTurn: (salt, forMs) =>
      client.read(async (redis) => (await redis.set(key(`push-turn:${salt}`), "1", "PX", forMs, "NX")) === "OK"),
    async rest(salt, forMs) {
      await client.read((redis) => redis.set(key(`push-turn:${salt}`), "1", "PX", Math.max(1, forMs)));
    },
    async told(salt) {
      await client.read((redis) => redis.zrem(key("push-due"), salt));
    },
    end: (salt, as, answer) => end(salt, { as, ...(answer === undefined ? {} : { answer }) }),
    wrongCode: (salt) => end(salt, { wrong: limits.wrong, op: randomUUID() }),
    due: async (limit) => (await client.run("push-due", { patience, limit })) as string[],
  };
}

function reservedOf(answer: unknown): Reserved {
  const [, how = "", time = ""] = /^(reserved|open|often|locked):(\d+)$/.exec(String(answer)) ?? [];
  switch (how) {
    case "reserved":
      return { reserved: true, now: Number(time) };
    case "open":
    case "often":
    case "locked":
      return { reserved: false, because: how, until: Number(time) };
    default:
      throw new Error(`the store answered ${JSON.stringify(answer)}`);
  }
}
