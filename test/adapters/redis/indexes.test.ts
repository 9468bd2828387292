import assert from "node:assert/strict";
import type { Step } from "../../../src/ports.ts";
import { openRedisRecords, type RedisRecords } from "../../contract/redis-records.ts";
import { sampleRequest, sampleStep } from "../../contract/sample-request.ts";
import { redisFor } from "../../lab/redis/shared-redis.ts";

describe("the sorted sets of Redis", () => {
  let url: string;
  let records: RedisRecords;
  let version: number;
  before(async function () {
    ({ url } = await redisFor(this));
  });
  beforeEach(() => {
    records = openRedisRecords(url);
    version = 0;
  });
  afterEach(() => records.close());

  const keep = async (change: Partial<Step>) => {
    await records.store.keep(sampleStep(`op-${version}`, sampleRequest("r-one"), { expect: version, ...change }));
    version += 1;
  };
  const at = async (set: string) => {
    const score = await records.client.read((redis) => redis.zscore(records.prefix + set, "r-one"));
    return score === null ? undefined : Number(score);
  };
  const sets = async () => ({
    web: await at("turn:web"),
    demo: await at("turn:worker:demo"),
    other: await at("turn:worker:other"),
    over: await at("deadlines"),
  });

  it("have a request in one turn at most, and in the deadlines while it has one", async () => {
    await keep({ turn: { side: "web" }, deadline: 10 });
    const first = await sets();
    assert.deepEqual([first.demo, first.other, first.over], [undefined, undefined, 10]);
    assert.notEqual(first.web, undefined);
    await keep({ turn: { side: "worker:demo" }, deadline: 20 });
    const second = await sets();
    assert.deepEqual([second.web, second.other, second.over], [undefined, undefined, 20]);
    assert.notEqual(second.demo, undefined);
    await keep({ turn: { side: "worker:other" } });
    const third = await sets();
    assert.deepEqual([third.web, third.demo, third.over], [undefined, undefined, undefined]);
    assert.notEqual(third.other, undefined);
    await keep({});
    assert.deepEqual(await sets(), { web: undefined, demo: undefined, other: undefined, over: undefined });
  });

  it("put a turn off until the lease is over, and never before the hint had its two seconds", async () => {
    const before = await records.store.now();
    await keep({ turn: { side: "worker:demo", heldUntil: before + 60_000 } });
    assert.equal(await at("turn:worker:demo"), before + 60_000);
    await keep({ turn: { side: "worker:demo", heldUntil: before - 60_000 } });
    const after = await records.store.now();
    const due = (await at("turn:worker:demo")) ?? 0;
    assert.ok(due >= before + 2_000 && due <= after + 2_000, `due ${due - before} ms from now`);
  });

  it("are not changed by a step that is refused", async () => {
    await keep({ turn: { side: "web" }, deadline: 10 });
    const before = await sets();
    const refused = { expect: 7, turn: { side: "worker:demo" }, deadline: 20 } as const;
    await records.store.keep(sampleStep("op-refused", sampleRequest("r-one"), refused));
    assert.deepEqual(await sets(), before);
  });

  it("hold numbers of today to the millisecond", async () => {
    await keep({ deadline: 1_795_521_600_123 });
    assert.equal(await at("deadlines"), 1_795_521_600_123);
  });

  it("give an overdue request again after a while when nobody let it lapse", async () => {
    await keep({ deadline: 1 });
    assert.deepEqual(await records.store.overdue(10), ["r-one"]);
    assert.deepEqual(await records.store.overdue(10), []);
    const due = (await at("deadlines")) ?? 0;
    assert.ok(due > (await records.store.now()) && due <= (await records.store.now()) + 2_000);
  });

  it("give as many as are wanted, the most overdue first", async () => {
    for (const [id, deadline] of [
      ["r-b", 2],
      ["r-a", 1],
      ["r-c", 3],
    ] as const)
      await records.store.keep(sampleStep(`op ${id}`, sampleRequest(id), { deadline }));
    assert.deepEqual(await records.store.overdue(2), ["r-a", "r-b"]);
    assert.deepEqual(await records.store.overdue(2), ["r-c"]);
  });

  for (const [how, off] of Object.entries({ "an hour ahead": 3_600_000, "an hour behind": -3_600_000 }))
    it(`are read by Redis's clock, also in a process that is ${how}`, async () => {
      const now = await records.store.now();
      const real = Date.now;
      Date.now = () => real() + off;
      try {
        await keep({ deadline: now - 1, notAfter: now + 60_000, notBefore: now - 60_000, turn: { side: "web" } });
        assert.equal(version, 1);
        assert.ok(Math.abs((await records.store.now()) - now) < 60_000);
        assert.deepEqual(await records.store.overdue(10), ["r-one"]);
        assert.deepEqual(await records.store.waiting("web", 1_000, 10), []);
        const late = sampleStep("op-late", sampleRequest("r-one"), { expect: 1, notAfter: now - 1 });
        assert.deepEqual(await records.store.keep(late), { kept: false, because: "too-late" });
      } finally {
        Date.now = real;
      }
    });
});
