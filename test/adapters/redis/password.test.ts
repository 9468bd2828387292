import assert from "node:assert/strict";
import { inspect } from "node:util";
import { whyNotDurable } from "../../../src/adapters/redis/durable.ts";
import { openState } from "../../../src/adapters/redis/redis.ts";
import { type CuttingProxy, startCuttingProxy } from "../../lab/redis/cutting-proxy.ts";
import { freshPrefix, ownRedisFor } from "../../lab/redis/shared-redis.ts";
import { type RedisPeer, startOwnRedis } from "../../lab/redis/start-redis.ts";

describe("the password of a redis:// address", () => {
  const right = "right-and-secret";
  const wrong = "wrong-but-secret";
  let peer: RedisPeer;
  let proxy: CuttingProxy;
  before(async function () {
    await (await ownRedisFor(this)).close();
    peer = await startOwnRedis({ requirepass: right });
    proxy = await startCuttingProxy(peer.url);
  });
  after(async () => {
    await proxy?.close();
    await peer?.close();
  });

  const urlWith = (password: string) => proxy.url.replace("redis://", `redis://:${password}@`);
  const faultOf = async (act: Promise<unknown>) =>
    act.then(
      () => assert.fail("it went well"),
      (fault: unknown) => inspect(fault, { depth: null, showHidden: true }),
    );

  it("opens a Redis that asks for one", async () => {
    assert.deepEqual(await whyNotDurable(urlWith(right)), []);
    const client = openState({ url: urlWith(right), prefix: freshPrefix() });
    assert.equal(await client.read((redis) => redis.ping()), "PONG");
    await client.close();
  });

  it("is in no fault of a Redis that refuses it", async function () {
    this.timeout(20_000);
    const client = openState({ url: urlWith(wrong), prefix: freshPrefix() });
    const faults = await Promise.all([
      faultOf(whyNotDurable(urlWith(wrong))),
      faultOf(client.read((redis) => redis.ping())),
      faultOf(client.run("append", { op: "op-1" }, "body", "digest")),
    ]);
    await client.close();
    assert.deepEqual(
      faults.filter((fault) => fault.includes(wrong)),
      [],
    );
  });

  it("is kept out of the faults of later commands, and so is what they were to write", async () => {
    const client = openState({ url: urlWith(right), prefix: freshPrefix() });
    await client.read((redis) => redis.set(`${client.prefix}audit:head`, "no hash"));
    const fault = await faultOf(client.run("append", { op: "op-1" }, "a sealed seed", "digest"));
    await client.close();
    assert.match(fault, /WRONGTYPE/);
    assert.ok(!fault.includes("a sealed seed"), fault);
  });
});
