import assert from "node:assert/strict";
import { demandDurable, whyNotDurable } from "../../../src/adapters/redis/durable.ts";
import { ownRedisFor } from "../../lab/redis/shared-redis.ts";
import { startOwnRedis } from "../../lab/redis/start-redis.ts";

const forgetful = {
  "that writes no log": [{ appendonly: "no" }, /Redis has appendonly no: .*Set appendonly yes\.$/],
  "that writes its log once a second": [{ appendfsync: "everysec" }, /Redis has appendfsync everysec: .*always\.$/],
  "that evicts": [{ "maxmemory-policy": "allkeys-lru" }, /Redis has maxmemory-policy allkeys-lru: .*noeviction\.$/],
} as const;

describe("whether a Redis may be trusted with records", () => {
  let url: string;
  let close: () => Promise<void>;
  before(async function () {
    ({ url, close } = await ownRedisFor(this));
  });
  after(() => close?.());

  const heard = () => {
    const said: string[] = [];
    return { said, say: (line: string) => void said.push(line) };
  };

  it("finds no fault with one that forgets nothing", async () => {
    assert.deepEqual(await whyNotDurable(url), []);
    const { said, say } = heard();
    await demandDurable(url, false, say);
    await demandDurable(url, true, say);
    assert.deepEqual(said, []);
  });

  for (const [which, [settings, fault]] of Object.entries(forgetful))
    it(`refuses one ${which}, and bears it in the demo, saying so`, async () => {
      const peer = await startOwnRedis(settings);
      try {
        const faults = await whyNotDurable(peer.url);
        assert.equal(faults.length, 1);
        assert.match(faults[0] ?? "", fault);
        const { said, say } = heard();
        await assert.rejects(demandDurable(peer.url, false, say), fault);
        assert.deepEqual(said, []);
        await demandDurable(peer.url, true, say);
        assert.deepEqual(said, faults);
      } finally {
        await peer.close();
      }
    });

  it("names every fault at once", async () => {
    const peer = await startOwnRedis({ appendonly: "no", appendfsync: "no", "maxmemory-policy": "volatile-ttl" });
    try {
      assert.equal((await whyNotDurable(peer.url)).length, 3);
    } finally {
      await peer.close();
    }
  });

  it("says where the one is that cannot be reached, and why, but never the password", async () => {
    const secured = await startOwnRedis({ requirepass: "opensesame" });
    try {
      for (const [address, place, reason] of [
        ["redis://:hunter2@127.0.0.1:1/0", "127.0.0.1:1", "ECONNREFUSED"],
        ["unix:///nowhere/redis.sock", "/nowhere/redis.sock", "ENOENT"],
      ] as const)
        await assert.rejects(whyNotDurable(address), (fault: Error) => {
          assert.match(fault.message, new RegExp(`^Redis at ${place} cannot be reached \\(${reason}\\)`));
          return !fault.message.includes("hunter2");
        });
      await assert.rejects(whyNotDurable(secured.url), /NOAUTH/);
    } finally {
      await secured.close();
    }
  });

  it("does not trust one that cannot be asked, in the demo neither", async () => {
    await assert.rejects(whyNotDurable("unix:///nowhere/redis.sock"));
    await assert.rejects(demandDurable("unix:///nowhere/redis.sock", false, () => undefined));
    await assert.rejects(demandDurable("unix:///nowhere/redis.sock", true, () => undefined));
  });
});
