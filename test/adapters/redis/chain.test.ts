import assert from "node:assert/strict";
import { verifyTrail } from "../../../src/audit/verify.ts";
import { collect } from "../../contract/collect.ts";
import { openRedisRecords, type RedisRecords } from "../../contract/redis-records.ts";
import { sampleRequest, sampleStep } from "../../contract/sample-request.ts";
import { freshPrefix, redisFor } from "../../lab/redis/shared-redis.ts";

describe("the chain that Redis writes", () => {
  let clients: readonly RedisRecords[];
  let records: RedisRecords;
  before(async function () {
    await redisFor(this);
  });
  beforeEach(async function () {
    const { url } = await redisFor(this);
    const prefix = freshPrefix();
    const [first, ...more] = [1, 2, 3, 4].map(() => openRedisRecords(url, prefix));
    assert.ok(first);
    records = first;
    clients = [first, ...more];
  });
  afterEach(() => Promise.all(clients.map((client) => client.close())));

  const verdict = async () => verifyTrail(records.trail.entries(), [await records.trail.head()]);
  const append = (client: RedisRecords, i: number) =>
    client.trail.append({ kind: "enrolment.issued", subject: `subject ${i}`, by: "admin" });

  it("passes the verifier with entries of every script, written through several connections at once", async () => {
    const work = clients.map(async (client, c) => {
      for (let i = 0; i < 25; i++) {
        const id = `r-${c}-${i}`;
        await client.enrol(id, "c-1");
        await client.store.keep(sampleStep(`op ${id}`, sampleRequest(id)));
        await append(client, i);
      }
      for (let i = 0; i < 10; i++) await client.credentials.countFailure(`r-${c}-1`, "c-1");
    });
    await Promise.all(work);
    const { entries, faults } = await verdict();
    assert.deepEqual(faults, []);
    // Each round issues, completes, asks and appends; each connection locks one credential.
    assert.equal(entries, 4 * (25 * 4 + 1));
  });

  it("is read whole when it is longer than a page", async () => {
    for (let done = 0; done < 2_300; done += 100)
      await Promise.all(Array.from({ length: 100 }, (_, i) => append(records, done + i)));
    const { entries, faults } = await verdict();
    assert.deepEqual([entries, faults], [2_300, []]);
    assert.equal((await collect(records.trail.entries(1_234))).at(0)?.seq, 1_234);
  });

  it("shows an entry that was taken out of Redis, and a tail that was cut off", async () => {
    for (let i = 1; i <= 5; i++) await append(records, i);
    const known = await records.trail.head();
    const key = `${records.prefix}audit`;
    await records.client.read((redis) => redis.xdel(key, "5-0"));
    const cut = await verifyTrail(records.trail.entries(), [known]);
    assert.match(cut.faults[0]?.says ?? "", /^truncated/);
    await records.client.read((redis) => redis.xdel(key, "3-0"));
    const holed = await verifyTrail(records.trail.entries());
    assert.deepEqual(
      holed.faults.map(({ says }) => says.split(":")[0]),
      ["broken counter", "broken link"],
    );
  });

  it("takes the time from Redis's clock and the writer's from the writer", async () => {
    const before = await records.store.now();
    await aheadByAnHour(() => append(records, 1));
    const [entry] = await collect(records.trail.entries());
    assert.ok(entry && entry.time >= before && entry.time <= (await records.store.now()));
    assert.ok((JSON.parse(entry.body) as { clock: number }).clock >= before + 3_600_000);
  });
});

/** Does it while this process's clock is an hour ahead. */
async function aheadByAnHour<T>(act: () => Promise<T>): Promise<T> {
  const now = Date.now;
  Date.now = () => now() + 3_600_000;
  try {
    return await act();
  } finally {
    Date.now = now;
  }
}
