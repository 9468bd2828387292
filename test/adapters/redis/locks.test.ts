import assert from "node:assert/strict";
import type { Step } from "../../../src/ports.ts";
import { openRedisRecords, type RedisRecords } from "../../contract/redis-records.ts";
import { sampleRequest, sampleStep } from "../../contract/sample-request.ts";
import { redisFor } from "../../lab/redis/shared-redis.ts";

const api = "demo/Deployment/prod/api";
const side = "worker:demo";

describe("the locks in Redis", () => {
  let url: string;
  let records: RedisRecords;
  let steps = 0;
  before(async function () {
    ({ url } = await redisFor(this));
  });
  beforeEach(() => {
    records = openRedisRecords(url);
  });
  afterEach(() => records.close());

  const keep = async (id: string, change: Partial<Step>) => {
    const expect = (await records.store.read(id))?.version ?? 0;
    return records.store.keep(sampleStep(`op-${++steps}`, sampleRequest(id), { expect, ...change }));
  };

  it("leave no key behind once all is over", async () => {
    await keep("r-one", { take: [api], turn: { side } });
    await keep("r-two", { turn: { side } });
    await keep("r-two", { take: [api], turn: { side } });
    await keep("r-one", { release: true });
    await keep("r-two", { release: true });
    const keys = await records.client.read((redis) => redis.keys(`${records.prefix}*`));
    const ours = keys
      .map((key) => key.slice(records.prefix.length))
      .filter((key) => /^(target|locks|queue):/.test(key));
    assert.deepEqual(ours, []);
  });

  it("attack: one that somebody took away by hand is not given back from under who has it since", async () => {
    await keep("r-one", { take: [api] });
    await records.client.read((redis) => redis.del(`${records.prefix}target:${api}`));
    assert.equal((await keep("r-two", { take: [api] })).kept, true);
    await keep("r-one", { release: true });
    assert.equal((await keep("r-three", { take: [api] })).kept, false);
  });

  it("wake nobody whose request is over by then", async () => {
    await keep("r-one", { take: [api], turn: { side } });
    await keep("r-two", { turn: { side } });
    await keep("r-two", { take: [api], turn: { side } });
    await keep("r-two", {});
    await keep("r-one", { release: true });
    assert.equal(await records.client.read((redis) => redis.zcard(`${records.prefix}turn:${side}`)), 0);
  });
});
