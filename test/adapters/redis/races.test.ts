import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { verifyTrail } from "../../../src/audit/verify.ts";
import type { StepAnswer } from "../../../src/ports.ts";
import { collect } from "../../contract/collect.ts";
import { openRedisRecords, type RedisRecords } from "../../contract/redis-records.ts";
import { sampleRequest, sampleStep } from "../../contract/sample-request.ts";
import { freshPrefix, redisFor } from "../../lab/redis/shared-redis.ts";

const races = 3_000;
const claimant = join(import.meta.dirname, "claimant.ts");

/** So many races are under way at once. */
const atOnce = 100;

describe("attack: races for one request and for one code", () => {
  let url: string;
  before(async function () {
    ({ url } = await redisFor(this));
  });

  it(`have exactly one winner: ${races} races of six contenders on three connections`, async function () {
    this.timeout(60_000);
    const prefix = freshPrefix();
    const clients = [1, 2, 3].map(() => openRedisRecords(url, prefix));
    try {
      const winners = new Map<string, number>();
      for (let from = 0; from < races; from += atOnce) {
        const ids = Array.from({ length: atOnce }, (_, i) => `r-${from + i}`);
        await Promise.all(ids.map(async (id) => winners.set(id, await race(id, clients))));
      }
      const won = [...winners.values()].reduce(
        (count, winner) => count.set(winner, (count.get(winner) ?? 0) + 1),
        new Map(),
      );
      assert.ok(won.size > 1, `always the same one won: ${JSON.stringify([...won])}`);
      const [first] = clients;
      assert.ok(first);
      const { entries, faults } = await verifyTrail(first.trail.entries());
      assert.deepEqual([entries, faults], [2 * races, []]);
      assert.deepEqual(await reasonsInTrail(first), reasonsOf(winners));
    } finally {
      for (const client of clients) await client.close();
    }
  });

  it("let one request at a time hold an object: 50 objects, twelve contenders on three connections until all had it", async function () {
    this.timeout(60_000);
    const prefix = freshPrefix();
    const clients = [1, 2, 3].map(() => openRedisRecords(url, prefix));
    try {
      await Promise.all(Array.from({ length: 50 }, (_, i) => queueFor(`demo/Deployment/prod/api-${i}`, clients)));
    } finally {
      for (const client of clients) await client.close();
    }
  });

  it("let a time step that two processes claim at once count once", async function () {
    this.timeout(60_000);
    const prefix = freshPrefix();
    const records = openRedisRecords(url, prefix);
    const processes = ["one", "two"].map((name) => fork(claimant, [url, prefix, name]));
    try {
      await records.enrol("alice", "c-1");
      await Promise.all(processes.map((process) => once(process, "message")));
      for (let timeStep = 1; timeStep <= 200; timeStep++) {
        const answers = await Promise.all(processes.map((process) => claim(process, timeStep)));
        assert.deepEqual(answers.toSorted(), ["code-already-used", "kept"], `time step ${timeStep}`);
      }
    } finally {
      for (const process of processes) process.kill();
      await records.close();
    }
  });
});

/** Has twelve requests ask for a lock at once, again and again; in each round exactly one gets it, and gives it back. */
async function queueFor(lock: string, clients: readonly RedisRecords[]): Promise<void> {
  let waiting = Array.from({ length: 12 }, (_, i) => `r-${lock.replaceAll("/", "-")}-${i}`);
  for (let round = 0; waiting.length > 0; round++) {
    const asked = waiting.map(async (id, i) => {
      const step = sampleStep(`take ${round} ${id}`, sampleRequest(id), { take: [lock] });
      return [id, await clients[(i + round) % clients.length]?.store.keep(step)] as const;
    });
    const answers = await Promise.all(asked);
    const [holder, ...more] = answers.flatMap(([id, answer]) => (answer?.kept ? [id] : []));
    assert.ok(holder !== undefined && more.length === 0, `${more.length + 1} hold ${lock}`);
    for (const [id, answer] of answers)
      if (id !== holder) assert.deepEqual(answer, { kept: false, because: "target-busy", by: holder, lock });
    waiting = waiting.filter((id) => id !== holder);
    const over = sampleStep(`over ${holder}`, sampleRequest(holder), { expect: 1, release: true });
    assert.deepEqual(await clients[round % clients.length]?.store.keep(over), { kept: true, version: 2 });
  }
}

async function claim(process: ChildProcess, timeStep: number): Promise<string> {
  const answer = once(process, "message") as Promise<[{ readonly timeStep: number; readonly says: string }]>;
  process.send(timeStep);
  const [{ timeStep: claimed, says }] = await answer;
  assert.equal(claimed, timeStep);
  return says;
}

/** Opens a request and lets six contend for the next step; answers which of them won. */
async function race(id: string, clients: readonly RedisRecords[]): Promise<number> {
  await clients[0]?.store.keep(sampleStep(`open ${id}`, sampleRequest(id)));
  const contenders = ["approve", "approve too", "deny", "cancel", "expire", "advance"];
  const inSomeOrder = contenders.map((_, i) => (i + id.length * 5 + Number(id.slice(2))) % contenders.length);
  const answers = await Promise.all(
    inSomeOrder.map(async (contender): Promise<readonly [number, StepAnswer | undefined]> => {
      const next = sampleRequest(id, { reason: `${contender}` });
      const step = sampleStep(`${contender} ${id}`, next, { expect: 1 });
      return [contender, await clients[contender % clients.length]?.store.keep(step)];
    }),
  );
  const won = answers.filter(([, answer]) => answer?.kept);
  const lost = answers.filter(([, answer]) => answer?.kept === false && answer.because === "moved");
  assert.deepEqual([won.length, lost.length], [1, 5], `race for ${id}`);
  const [[winner] = [-1]] = won;
  const stored = await clients[0]?.store.read(id);
  assert.deepEqual([stored?.version, stored?.request.reason], [2, `${winner}`]);
  return winner;
}

async function reasonsInTrail(records: RedisRecords): Promise<ReadonlyMap<string, string>> {
  const entries = await collect(records.trail.entries());
  const told = entries.map(({ body }) => (JSON.parse(body) as { event: { request: string; reason: string } }).event);
  return new Map(told.map(({ request, reason }): [string, string] => [request, reason]).toSorted(byId));
}

function reasonsOf(winners: ReadonlyMap<string, number>): ReadonlyMap<string, string> {
  return new Map([...winners].map(([id, winner]): [string, string] => [id, `${winner}`]).toSorted(byId));
}

function byId([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
