import assert from "node:assert/strict";
import { redisAlarms } from "../../../src/adapters/redis/alarms.ts";
import type { Alarms } from "../../../src/ports.ts";
import { openRedisRecords, type RedisRecords } from "../../contract/redis-records.ts";
import { redisFor } from "../../lab/redis/shared-redis.ts";

describe("alarms, with a real Redis", () => {
  let url: string;
  let records: RedisRecords;
  let alarms: Alarms;
  before(async function () {
    ({ url } = await redisFor(this));
  });
  beforeEach(() => {
    records = openRedisRecords(url);
    alarms = redisAlarms(records.client);
  });
  afterEach(() => records.close());

  const freeze = async (scope: string) => {
    const next = { id: scope, scope, by: "alice", at: 1, why: "x" };
    const event = { kind: "freeze.set", subject: "alice", scope, freeze: scope, why: "x" } as const;
    await records.freezes.turn({ operationId: `freeze ${scope}`, scope, next, event });
    return event;
  };

  it("are entries of the trail, given to one teller at a time, until somebody has told them", async () => {
    await records.trail.append({ kind: "look.asked", request: "r-one000", subject: "alice" });
    const event = await freeze("demo");
    const [first, ...more] = await alarms.due(10);
    assert.deepEqual([first?.seq, JSON.parse(first?.body ?? "{}").event, more], [2, event, []]);
    assert.deepEqual(await alarms.due(10), [], "somebody is telling it");
    // Half a minute later, where whoever took it died with it.
    await records.client.read((redis) => redis.zadd(`${records.prefix}alarms`, 0, "2"));
    assert.equal((await alarms.due(10)).length, 1);
    await alarms.told(2);
    assert.equal(await records.client.read((redis) => redis.exists(`${records.prefix}alarms`)), 0);
  });

  it("come as many as wanted, oldest first", async () => {
    for (const scope of ["a", "b", "c"]) await freeze(scope);
    assert.deepEqual(
      (await alarms.due(2)).map(({ seq }) => seq),
      [1, 2],
    );
    assert.deepEqual(
      (await alarms.due(2)).map(({ seq }) => seq),
      [3],
    );
  });

  it("that stand for no entry, as whoever writes to Redis can make them, are nothing to tell", async () => {
    await records.client.read((redis) => redis.zadd(`${records.prefix}alarms`, 0, "99"));
    assert.deepEqual(await alarms.due(10), []);
  });
});
