import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { chance } from "../../src/adapters/chance/chance.ts";
import { openState, type StateClient } from "../../src/adapters/redis/redis.ts";
import { redisTrail } from "../../src/adapters/redis/trail.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import type { Scribe } from "../../src/ports.ts";
import { ownRedisFor } from "../lab/redis/shared-redis.ts";
import { layRedisLine, type RedisLine } from "./redis-line.ts";

const scribe: Scribe = (event) => ({ event, writer: "test", clock: 0 });

describe("a Redis whose plug is pulled", function () {
  this.timeout(30_000);
  let line: RedisLine;
  let client: StateClient;
  const opened: Redis[] = [];
  beforeEach(async function () {
    // There may be no Redis to be had here: then this says so, and the suite is pending.
    await (await ownRedisFor(this)).close();
    line = await layRedisLine();
    client = openState({ url: line.url, prefix: "line:" });
  });
  afterEach(async () => {
    for (const redis of opened.splice(0)) redis.disconnect();
    await client.close();
    await line.close();
  });

  /** A client that gives up with its connection, so that nothing is sent twice. */
  const connected = async () => {
    const redis = new Redis(line.url.slice("unix://".length), { maxRetriesPerRequest: 0, retryStrategy: () => null });
    redis.on("error", () => undefined);
    opened.push(redis);
    await redis.ping();
    return redis;
  };
  async function cutTo(keep: number, forgetMs?: number): Promise<number> {
    const lost = await line.powerCut(keep, forgetMs);
    await line.restart();
    return lost;
  }

  it("has everything that it ever acknowledged, and loses what it acknowledged to nobody", async () => {
    const redis = await connected();
    await redis.set("told", "yes");
    const cutting = cutTo(0);
    const untold = redis.set("untold", "yes");
    await assert.rejects(untold);
    assert.ok((await cutting) > 0);
    const again = await connected();
    assert.equal(await again.get("told"), "yes");
    assert.equal(await again.get("untold"), null);
  });

  it("keeps a trail whole, however often it is cut in the middle of an entry", async () => {
    const trail = redisTrail(client, scribe, chance);
    let stopping = false;
    const writing = Promise.all(
      Array.from({ length: 4 }, async (_, i) => {
        for (let n = 0; !stopping; n++)
          await trail.append({ kind: "enrolment.issued", subject: `${i}/${n}`, by: "test" });
      }),
    );
    for (const keep of [0.2, 0.5, 0.8, 0.97]) {
      await sleep(60);
      await cutTo(keep);
    }
    stopping = true;
    await writing;
    const { entries, faults } = await verifyTrail(trail.entries());
    assert.deepEqual(faults, []);
    assert.ok(entries > 0);
  });

  it("forgets on demand what it acknowledged a moment before", async () => {
    const redis = await connected();
    await redis.set("long ago", "yes");
    await sleep(600);
    await redis.set("just now", "yes");
    await cutTo(1, 300);
    const again = await connected();
    assert.equal(await again.get("long ago"), "yes");
    assert.equal(await again.get("just now"), null);
  });
});
