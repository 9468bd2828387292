import assert from "node:assert/strict";
import { openRedisRecords, type RedisRecords } from "../../contract/redis-records.ts";
import { sampleRequest, sampleStep } from "../../contract/sample-request.ts";
import { redisFor } from "../../lab/redis/shared-redis.ts";

describe("what Slack shows while a freeze is set, with a real Redis", () => {
  let url: string;
  let records: RedisRecords;
  before(async function () {
    ({ url } = await redisFor(this));
  });
  beforeEach(async () => {
    records = openRedisRecords(url);
    const now = await records.store.now();
    await records.store.keep(sampleStep("open", sampleRequest("r-open"), { deadline: now + 60_000 }));
    await records.store.keep(sampleStep("over", sampleRequest("r-over")));
    for (const id of ["r-open", "r-over"]) await shown(id);
  });
  afterEach(() => records.close());

  const shown = async (id: string) => {
    const showing = (await records.showcase.take(id, 60_000)) ?? assert.fail("somebody else shows it");
    await records.showcase.release(showing, { shown: 1 });
  };
  const turn = (operationId: string) => {
    const next = { id: operationId, scope: operationId, by: "alice", at: 1, why: "x" };
    const event = { kind: "freeze.set", subject: "alice", scope: operationId, freeze: operationId, why: "x" } as const;
    return records.freezes.turn({ operationId, scope: operationId, next, event });
  };
  const due = () => records.showcase.waiting(0, 10);

  it("is looked at again at once, of all that has not begun and nothing else", async () => {
    assert.deepEqual(await due(), []);
    await turn("demo");
    assert.deepEqual(await due(), ["r-open"]);
    await shown("r-open");
    assert.deepEqual(await due(), []);
  });

  it("is looked at again though somebody was showing it just then, who had not seen the freeze", async () => {
    const showing = (await records.showcase.take("r-open", 60_000)) ?? assert.fail();
    await turn("demo");
    await records.showcase.release(showing, { shown: 1 });
    assert.deepEqual(await due(), ["r-open"]);
    await shown("r-open");
    assert.deepEqual(await due(), []);
  });
});
