import assert from "node:assert/strict";
import { collect } from "../../contract/collect.ts";
import { openRedisRecords, type RedisRecords } from "../../contract/redis-records.ts";
import { sampleRequest, sampleStep } from "../../contract/sample-request.ts";
import { type CuttingProxy, startCuttingProxy } from "../../lab/redis/cutting-proxy.ts";
import { freshPrefix, ownRedisFor } from "../../lab/redis/shared-redis.ts";
import type { RedisPeer } from "../../lab/redis/start-redis.ts";

describe("answers of Redis that are lost", () => {
  let peer: RedisPeer;
  let proxy: CuttingProxy;
  /** Through the proxy, and past it. */
  let lossy: RedisRecords;
  let direct: RedisRecords;

  before(async function () {
    peer = await ownRedisFor(this);
    proxy = await startCuttingProxy(peer.url);
    await warmUp(peer.url);
  });
  beforeEach(() => {
    const prefix = freshPrefix();
    lossy = openRedisRecords(proxy.url, prefix);
    direct = openRedisRecords(peer.url, prefix);
  });
  afterEach(() => Promise.all([lossy.close(), direct.close()]));
  after(async () => {
    await proxy?.close();
    await peer?.close();
  });

  const kinds = async () => {
    const entries = await collect(direct.trail.entries());
    return entries.map(({ body }) => (JSON.parse(body) as { event: { kind: string } }).event.kind);
  };

  /** Does it with so many answers lost, and sees to it that they were. */
  async function losing<T>(command: string, times: number, act: () => Promise<T>): Promise<T> {
    const before = proxy.cuts;
    proxy.cut(command, times);
    const answer = await act();
    assert.equal(proxy.cuts - before, times, "no answer was lost");
    return answer;
  }

  for (const times of [1, 3]) {
    const lost = times === 1 ? "its answer" : `${times} answers in a row`;

    it(`keeps a step once, and says so, when ${lost} came to nothing`, async () => {
      await direct.enrol("alice", "c-1");
      const before = await kinds();
      const claim = { subject: "alice", credential: "c-1", timeStep: 100 };
      const step = sampleStep("op-1", sampleRequest("r-one"), { claim });
      const answer = await losing("evalsha", times, () => lossy.store.keep(step));
      assert.deepEqual(answer, { kept: true, version: 1 });
      assert.equal((await direct.store.read("r-one"))?.version, 1);
      assert.deepEqual(await kinds(), [...before, "request.asked"]);
    });

    it(`appends one entry when ${lost} came to nothing`, async () => {
      await losing("evalsha", times, () =>
        lossy.trail.append({ kind: "enrolment.issued", subject: "alice", by: "admin" }),
      );
      assert.deepEqual(await kinds(), ["enrolment.issued"]);
      assert.equal((await direct.trail.head()).entries, 1);
    });

    it(`tells the first that it was first when ${lost} came to nothing`, async () => {
      assert.equal(await losing("set", times, () => lossy.once.first("key", 60_000)), true);
      assert.equal(await direct.once.first("key", 60_000), false);
    });

    it(`tells one who was not first so when ${lost} came to nothing`, async () => {
      await direct.once.first("key", 60_000);
      assert.equal(await losing("set", times, () => lossy.once.first("key", 60_000)), false);
    });

    it(`gives a lease that holds when ${lost} came to nothing`, async () => {
      const showing = await losing("evalsha", times, () => lossy.showcase.take("r-one", 60_000));
      assert.ok(showing);
      assert.equal(await direct.showcase.take("r-one", 60_000), undefined);
      assert.equal(await direct.showcase.put(showing, "card", { channel: "C1", ts: "1.1", digest: "d" }), true);
    });

    it(`issues a link once when ${lost} came to nothing`, async () => {
      const issue = () => lossy.enrolments.issue("link", "alice", 60_000, "admin", false);
      assert.equal(await losing("evalsha", times, issue), true);
      assert.deepEqual(await direct.enrolments.open("link"), { subject: "alice" });
      assert.deepEqual(await kinds(), ["enrolment.issued"]);
    });

    it(`keeps the pending credential of a link when ${lost} came to nothing`, async () => {
      await direct.enrolments.issue("link", "alice", 60_000, "admin", false);
      const pending = { id: "c-1", sealed: "sealed" };
      const begun = await losing("evalsha", times, () => lossy.enrolments.begin("link", pending));
      assert.deepEqual(begun, { subject: "alice", pending });
    });

    it(`completes an enrolment once, for the one who did, when ${lost} came to nothing`, async () => {
      await direct.enrolments.issue("link", "alice", 60_000, "admin", false);
      await direct.enrolments.begin("link", { id: "c-1", sealed: "sealed" });
      assert.equal(await losing("evalsha", times, () => lossy.enrolments.complete("link", "c-1", 7, [])), true);
      assert.equal(await direct.enrolments.complete("link", "c-1", 7, []), false);
      assert.deepEqual(await kinds(), ["enrolment.issued", "enrolment.completed"]);
    });

    it(`counts a wrong code once when ${lost} came to nothing`, async () => {
      await direct.enrol("alice", "c-1");
      for (let i = 0; i < 8; i++) await direct.credentials.countFailure("alice", "c-1");
      await losing("evalsha", times, () => lossy.credentials.countFailure("alice", "c-1"));
      assert.equal((await direct.credentials.read("alice"))?.lockedUntil, undefined);
      await direct.credentials.countFailure("alice", "c-1");
      assert.notEqual((await direct.credentials.read("alice"))?.lockedUntil, undefined);
    });

    it(`reads when ${lost} came to nothing`, async () => {
      await direct.store.keep(sampleStep("op-1", sampleRequest("r-one")));
      const stored = await losing("hmget", times, () => lossy.store.read("r-one"));
      assert.deepEqual(stored?.request, sampleRequest("r-one"));
    });
  }

  it("keeps one of two steps when the winner's answer is lost, and tells both the truth", async () => {
    await direct.store.keep(sampleStep("op-1", sampleRequest("r-one")));
    const approve = sampleStep("op-approve", sampleRequest("r-one", { reason: "approved" }), { expect: 1 });
    const deny = sampleStep("op-deny", sampleRequest("r-one", { reason: "denied" }), { expect: 1 });
    const [won, lost] = await Promise.all([
      losing("evalsha", 1, () => lossy.store.keep(approve)),
      // Asked as soon as the winner's step stands, while the winner does not know of it yet.
      untilKept(direct, 2).then(() => direct.store.keep(deny)),
    ]);
    assert.deepEqual(won, { kept: true, version: 2 });
    assert.deepEqual(lost, { kept: false, because: "moved" });
    assert.equal((await direct.store.read("r-one"))?.request.reason, "approved");
  });
});

async function untilKept({ store }: RedisRecords, version: number): Promise<void> {
  while (((await store.read("r-one"))?.version ?? 0) < version);
}

/** Makes every script known to Redis, so that what is cut off is a script that ran and not the news that it is unknown. */
async function warmUp(url: string): Promise<void> {
  const records = openRedisRecords(url);
  await records.enrol("alice", "c-1");
  await records.credentials.countFailure("alice", "c-1");
  await records.store.keep(sampleStep("op-1", sampleRequest("r-one")));
  await records.trail.append({ kind: "enrolment.issued", subject: "alice", by: "admin" });
  await records.showcase.take("r-one", 60_000);
  await records.close();
}
