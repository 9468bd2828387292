import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { NoRedis, type RedisPeer, startOwnRedis, startRedis } from "./start-redis.ts";

/** Enough to install the package on a slow machine. */
const patienceMs = 5 * 60_000;

let shared: Promise<RedisPeer> | undefined;
const prefixes = new Set<string>();

/** The one Redis of this mocha process, started by the first who asks and closed after the last test. */
function sharedRedis(): Promise<RedisPeer> {
  shared ??= startRedis();
  return shared;
}

/** A prefix that nobody else has, for `openState` and `openWake`. */
export function freshPrefix(): string {
  const prefix = `test-${randomBytes(6).toString("hex")}:`;
  prefixes.add(prefix);
  return prefix;
}

/** For a `before` hook: the shared Redis, or the suite is pending with the reason on the screen. */
export function redisFor(suite: Mocha.Context): Promise<RedisPeer> {
  return orPending(suite, sharedRedis);
}

/** The same for a Redis that the suite may kill, and must close. */
export function ownRedisFor(suite: Mocha.Context): Promise<RedisPeer> {
  return orPending(suite, startOwnRedis);
}

async function orPending(suite: Mocha.Context, start: () => Promise<RedisPeer>): Promise<RedisPeer> {
  suite.timeout(patienceMs);
  try {
    return await start();
  } catch (fault) {
    if (!(fault instanceof NoRedis)) throw fault;
    console.warn(`  NOT TESTED on a real Redis: ${fault.message}`);
    // biome-ignore lint/suspicious/noSkippedTests: not every machine can have one, and the reason has just been printed
    return suite.skip();
  }
}

after("close the shared Redis", async function () {
  this.timeout(patienceMs);
  const peer = await shared?.catch(() => undefined);
  if (peer && !peer.owned) await forget(peer.url);
  await peer?.close();
});

/** Removes our keys, and no others, from a Redis that goes on without us. */
async function forget(url: string): Promise<void> {
  const redis = new Redis(url.replace(/^unix:\/\//, ""));
  for (const prefix of prefixes)
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 }))
      if (keys.length > 0) await redis.unlink(...(keys as string[]));
  redis.disconnect();
}
