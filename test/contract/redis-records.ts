import { setTimeout as sleep } from "node:timers/promises";
import { chance } from "../../src/adapters/chance/chance.ts";
import { redisCredentials, redisEnrolments } from "../../src/adapters/redis/credentials.ts";
import { redisFreezes } from "../../src/adapters/redis/freezes.ts";
import { redisPresence } from "../../src/adapters/redis/presence.ts";
import { openState } from "../../src/adapters/redis/redis.ts";
import { redisRequestStore } from "../../src/adapters/redis/request-store.ts";
import { redisOnce, redisShowcase } from "../../src/adapters/redis/showcase.ts";
import { redisTrail } from "../../src/adapters/redis/trail.ts";
import type { Scribe } from "../../src/ports.ts";
import { freshPrefix } from "../lab/redis/shared-redis.ts";

const scribe: Scribe = (event) => ({ event, writer: "test", clock: Date.now() });

/** Everything that is kept in Redis, through one connection; empty unless the prefix was used before. */
export function openRedisRecords(url: string, prefix: string = freshPrefix()) {
  const client = openState({ url, prefix });
  const enrolments = redisEnrolments(client, scribe);
  return {
    client,
    prefix,
    store: redisRequestStore(client, scribe),
    trail: redisTrail(client, scribe, chance),
    showcase: redisShowcase(client, chance),
    once: redisOnce(client, chance),
    presence: redisPresence(client),
    freezes: redisFreezes(client, scribe),
    credentials: redisCredentials(client, scribe),
    enrolments,
    /** Gives a person a credential of which no time step was used. */
    async enrol(subject: string, credential: string, sealed = `sealed ${credential}`): Promise<void> {
      const link = `link of ${subject}/${credential}`;
      await enrolments.issue(link, subject, 60_000, "an administrator", true);
      await enrolments.begin(link, { id: credential, sealed });
      if (!(await enrolments.complete(link, credential, -1, []))) throw new Error(`${subject} could not be enrolled`);
    },
    /** Redis's clock is nobody's to turn: it is waited for. */
    pass: async (ms: number) => void (await sleep(ms)),
    close: () => client.close(),
  };
}

export type RedisRecords = ReturnType<typeof openRedisRecords>;
