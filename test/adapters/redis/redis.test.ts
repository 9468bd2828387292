import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { verifyTrail } from "../../../src/audit/verify.ts";
import { eventually } from "../../contract/kubernetes/bench.ts";
import { openRedisRecords, type RedisRecords } from "../../contract/redis-records.ts";
import { sampleRequest, sampleStep } from "../../contract/sample-request.ts";
import { freshPrefix, ownRedisFor } from "../../lab/redis/shared-redis.ts";
import type { RedisPeer } from "../../lab/redis/start-redis.ts";

describe("the state client", () => {
  let peer: RedisPeer;
  let records: RedisRecords;
  before(async function () {
    peer = await ownRedisFor(this);
  });
  beforeEach(() => {
    records = openRedisRecords(peer.url);
  });
  afterEach(() => records.close());
  after(() => peer?.close());

  const keep = (op: string, expect: number, reason: string) =>
    records.store.keep(sampleStep(op, sampleRequest("r-one", { reason }), { expect }));
  const command = <T>(name: string, ...words: string[]) =>
    records.client.read((redis) => redis.call(name, ...words)) as Promise<T>;

  describe("operation ids", () => {
    it("get the same answer whoever asks, with other words, after other steps, and change nothing", async () => {
      const other = openRedisRecords(peer.url, records.prefix);
      try {
        await keep("op-1", 0, "first");
        await other.store.keep(sampleStep("op-2", sampleRequest("r-one", { reason: "second" }), { expect: 1 }));
        await other.store.keep(sampleStep("op-3", sampleRequest("r-two")));
        const asked = sampleStep("op-1", sampleRequest("r-three", { reason: "another" }));
        assert.deepEqual(await other.store.keep(asked), { kept: true, version: 1 });
        assert.equal(await records.store.read("r-three"), undefined);
        assert.equal((await records.store.read("r-one"))?.request.reason, "second");
        assert.equal((await records.trail.head()).entries, 3);
      } finally {
        await other.close();
      }
    });

    it("get the same refusal when the time for the step has come since", async () => {
      const notBefore = (await records.store.now()) + 100;
      const step = sampleStep("op-1", sampleRequest("r-one"), { notBefore });
      assert.deepEqual(await records.store.keep(step), { kept: false, because: "too-early" });
      await records.pass(150);
      assert.deepEqual(await records.store.keep(step), { kept: false, because: "too-early" });
      assert.equal(await records.store.read("r-one"), undefined);
    });

    it("are known to a Redis that was killed and started again", async () => {
      await keep("op-1", 0, "first");
      await keep("op-2", 1, "second");
      await peer.kill();
      await peer.restart();
      assert.deepEqual(await keep("op-1", 0, "again"), { kept: true, version: 1 });
      assert.deepEqual(await keep("op-3", 0, "third"), { kept: false, because: "moved" });
      assert.equal((await records.store.read("r-one"))?.version, 2);
    });
  });

  describe("a Redis that is killed and started again", () => {
    it("loses nothing between the steps", async () => {
      const rounds = 5;
      await records.enrol("alice", "c-1");
      for (let round = 0; round < rounds; round++) {
        const claim = { subject: "alice", credential: "c-1", timeStep: round };
        const step = sampleStep(`op-${round}`, sampleRequest("r-one", { reason: `round ${round}` }), {
          expect: round,
          claim,
          turn: { side: "worker:demo" },
          deadline: 1,
        });
        assert.deepEqual(await records.store.keep(step), { kept: true, version: round + 1 });
        await records.credentials.countFailure("alice", "c-1");
        await records.trail.append({ kind: "enrolment.issued", subject: `round ${round}`, by: "admin" });
        await peer.kill();
        await peer.restart();
        const stored = await records.store.read("r-one");
        assert.deepEqual([stored?.version, stored?.request.reason], [round + 1, `round ${round}`]);
        assert.equal((await records.credentials.read("alice"))?.timeStep, round);
        assert.deepEqual(await records.store.of("alice", 10), ["r-one"]);
      }
      const { entries, faults } = await verifyTrail(records.trail.entries(), [await records.trail.head()]);
      assert.deepEqual([entries, faults], [2 + 2 * rounds, []]);
      assert.deepEqual(await records.store.overdue(10), ["r-one"]);
    });

    it("is waited for, and a step asked of it meanwhile is kept once", async () => {
      await keep("op-1", 0, "first");
      await peer.kill();
      const kept = keep("op-2", 1, "second");
      await peer.restart();
      assert.deepEqual(await kept, { kept: true, version: 2 });
      assert.equal((await records.trail.head()).entries, 2);
    });

    it("does not leave anybody waiting for ever when it stays dead", async function () {
      this.timeout(20_000);
      await peer.kill();
      try {
        await assert.rejects(keep("op-1", 0, "first"));
      } finally {
        await peer.restart();
      }
      assert.equal(await records.store.read("r-one"), undefined);
    });
  });

  it("keeps once what it asked twice because Redis was slow to answer", async function () {
    this.timeout(20_000);
    const other = openRedisRecords(peer.url, records.prefix);
    try {
      await other.store.now();
      await records.store.now();
      // Longer than the client waits for one answer: it asks again, and both are carried out in the end.
      await command("CONFIG", "RESETSTAT");
      await command("CLIENT", "PAUSE", "3000", "ALL");
      assert.deepEqual(await keep("op-1", 0, "first"), { kept: true, version: 1 });
      assert.equal((await other.store.read("r-one"))?.version, 1);
      assert.equal((await other.trail.head()).entries, 1);
      assert.match(await command<string>("INFO", "commandstats"), /cmdstat_evalsha:calls=2,/);
    } finally {
      await other.close();
    }
  });

  it("tells Redis a script again that it does not know any more", async () => {
    await keep("op-1", 0, "first");
    await command("SCRIPT", "FLUSH");
    assert.deepEqual(await keep("op-2", 1, "second"), { kept: true, version: 2 });
  });

  it("does not ask again what Redis itself refused", async () => {
    await command("SET", `${records.prefix}request:r-one`, "no hash");
    await assert.rejects(keep("op-1", 0, "first"), /WRONGTYPE/);
    await eventually(
      () => command<string>("INFO", "errorstats"),
      (info) => /errorstat_WRONGTYPE:count=1\r/.test(info),
    );
  });

  it("keeps two houses in one Redis apart", async () => {
    const other = openRedisRecords(peer.url, freshPrefix());
    try {
      await keep("op-1", 0, "first");
      assert.equal(await other.store.read("r-one"), undefined);
      assert.equal((await other.trail.head()).entries, 0);
      assert.deepEqual(await other.store.keep(sampleStep("op-1", sampleRequest("r-one"))), { kept: true, version: 1 });
    } finally {
      await other.close();
    }
  });

  it("writes no link of an enrolment, only its SHA-256", async () => {
    const link = "a-secret-link";
    await records.enrolments.issue(link, "alice", 60_000, "admin", false);
    await records.enrolments.begin(link, { id: "c-1", sealed: "sealed" });
    const keys = await command<string[]>("KEYS", `${records.prefix}*`);
    const hash = createHash("sha256").update(link).digest("hex");
    assert.ok(keys.includes(`${records.prefix}enrolment:${hash}`));
    const all = await Promise.all(keys.map((key) => records.client.read((redis) => redis.dumpBuffer(key))));
    assert.ok(![...keys, ...all.map((dump) => dump.toString("latin1"))].some((text) => text.includes(link)));
  });

  it("takes no proof given with the credential before for one of the new credential's holder", async () => {
    const remember = {
      authenticator: "totp",
      subject: "alice",
      digest: "d",
      at: 1,
      request: "r-one",
      signature: "s",
    } as const;
    await records.enrol("alice", "c-1");
    await records.store.keep(sampleStep("op-1", sampleRequest("r-one"), { remember }));
    assert.deepEqual(await records.store.lastProof("alice"), remember);
    await records.enrol("alice", "c-2");
    assert.equal(await records.store.lastProof("alice"), undefined);
  });
});
