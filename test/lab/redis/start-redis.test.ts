import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Redis } from "ioredis";
import { eventually } from "../../contract/kubernetes/bench.ts";
import { startServer } from "./server.ts";
import { ownRedisFor, redisFor } from "./shared-redis.ts";
import { NoRedis, type RedisPeer, startRedis } from "./start-redis.ts";

const bare = { env: {}, uid: 1000, osRelease: "", canExecute: () => false };

async function ask<T>(peer: { readonly url: string }, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(peer.url.replace(/^unix:\/\//, ""), { retryStrategy: () => null });
  redis.on("error", () => undefined);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

/** A process that starts a Redis, says where it is, and ends as told. */
async function ownerThatEnds(end: string): Promise<{ readonly pid: number; readonly folder: string }> {
  const source = `
    import { startServer } from ${JSON.stringify(join(import.meta.dirname, "server.ts"))};
    import { findProgram, theseSurroundings } from ${JSON.stringify(join(import.meta.dirname, "source.ts"))};
    const { pid, folder } = await startServer(findProgram(theseSurroundings()));
    process.stdout.write(JSON.stringify({ pid, folder }) + "\\n", () => { ${end} });
  `;
  const owner = spawn(process.execPath, ["--input-type=module-typescript", "-e", source]);
  let said = "";
  owner.stdout.on("data", (part) => {
    said += String(part);
  });
  await once(owner, "close");
  return JSON.parse(said) as { pid: number; folder: string };
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("startRedis", () => {
  it("says what to do where no Redis can be had", async () => {
    await assert.rejects(startRedis(bare), (fault) => fault instanceof NoRedis && /Set REDIS_URL/.test(fault.message));
  });

  it("says what a program said that is no Redis", async () => {
    await assert.rejects(startServer("/nowhere/redis-server"), /ended at once/);
    await assert.rejects(startServer("/bin/sh"), /ended at once: .*Illegal option|ended at once: .*option/);
  });

  it("uses the Redis of REDIS_URL, and neither kills nor restarts it", async () => {
    const peer = await startRedis({ ...bare, env: { REDIS_URL: "redis://r" } });
    assert.deepEqual([peer.url, peer.owned], ["redis://r", false]);
    await assert.rejects(peer.kill(), /not ours/);
    await assert.rejects(peer.restart(), /not ours/);
    await peer.close();
  });

  describe("a Redis of our own", () => {
    let peer: RedisPeer;
    before(async function () {
      peer = await ownRedisFor(this);
    });
    after(() => peer?.close());

    it("listens on no port, and on a socket in a folder that only we may enter", async () => {
      const socket = peer.url.replace(/^unix:\/\//, "");
      assert.deepEqual(await ask(peer, (redis) => redis.config("GET", "port")), ["port", "0"]);
      assert.equal(statSync(dirname(socket)).mode & 0o777, 0o700);
      assert.equal(statSync(socket).mode & 0o077, 0);
    });

    it("still has what it acknowledged after SIGKILL", async () => {
      await ask(peer, (redis) => redis.set("kept", "yes"));
      await peer.kill();
      await assert.rejects(ask(peer, (redis) => redis.get("kept")));
      await peer.restart();
      assert.equal(await ask(peer, (redis) => redis.get("kept")), "yes");
    });

    it("still has it after being started again while it lived", async () => {
      await ask(peer, (redis) => redis.set("kept", "again"));
      await peer.restart();
      assert.equal(await ask(peer, (redis) => redis.get("kept")), "again");
    });

    it("is gone with its folder once it is closed, and can be closed twice", async function () {
      const other = await ownRedisFor(this);
      const folder = dirname(other.url.replace(/^unix:\/\//, ""));
      await other.close();
      assert.equal(existsSync(folder), false);
      await other.close();
    });

    const ends = {
      exits: "process.exit(0)",
      throws: `throw new Error("on purpose")`,
      "is killed": `process.kill(process.pid, "SIGKILL")`,
      "is interrupted": `process.kill(process.pid, "SIGINT")`,
      "is told to end": `process.kill(process.pid, "SIGTERM")`,
    };
    for (const [how, end] of Object.entries(ends))
      it(`does not outlive an owner that ${how}, nor does its folder`, async () => {
        const { pid, folder } = await ownerThatEnds(end);
        await eventually(
          async () => lives(pid) || existsSync(folder),
          (left) => !left,
        );
      });
  });

  it("gives the tests one that answers, whoever runs it", async function () {
    const peer = await redisFor(this);
    assert.equal(await ask(peer, (redis) => redis.ping()), "PONG");
  });
});
