import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { answerDoorbell, type Doorbell, openWake, type QueueName } from "../../../src/adapters/bullmq/wake.ts";
import { sayFault } from "../../../src/adapters/log/log.ts";
import type { Wake } from "../../../src/ports.ts";
import { eventually } from "../../contract/kubernetes/bench.ts";
import { startCuttingProxy } from "../../lab/redis/cutting-proxy.ts";
import { freshPrefix, ownRedisFor } from "../../lab/redis/shared-redis.ts";
import { type RedisPeer, startOwnRedis } from "../../lab/redis/start-redis.ts";

describe("wake-ups through BullMQ", () => {
  let peer: RedisPeer;
  let prefix: string;
  let faults: unknown[];
  let open: { close(): Promise<void> }[];
  const answered: string[] = [];

  before(async function () {
    peer = await ownRedisFor(this);
  });
  beforeEach(() => {
    prefix = freshPrefix();
    faults = [];
    open = [];
    answered.length = 0;
  });
  afterEach(async () => {
    for (const one of open.reverse()) await one.close();
  });
  after(() => peer?.close());

  const closing = <T extends { close(): Promise<void> }>(one: T): T => {
    open.push(one);
    return one;
  };
  const options = () => ({ url: peer.url, prefix, onFault: (fault: unknown) => void faults.push(fault) });
  const waker = async () => closing(await openWake(options()));
  const note = async (request: string) => void answered.push(request);
  const answerer = (name: QueueName, answer = note): Doorbell =>
    closing(answerDoorbell(name, { ...options(), concurrency: 1 }, answer));
  const untilAnswered = (request: string) =>
    eventually(
      async () => answered,
      (found) => found.includes(request),
    );

  const startAnswerer = async () => {
    const answerer = fork(join(import.meta.dirname, "answerer.ts"), [peer.url, prefix]);
    await once(answerer, "message");
    return answerer;
  };
  /** Sends a hint to a process that is killed while it answers. */
  const killHalfway = async (wake: Wake, request: string) => {
    const answerer = await startAnswerer();
    const [[begun]] = await Promise.all([once(answerer, "message"), wake.wake("web", request)]);
    assert.equal(begun, request);
    answerer.kill("SIGKILL");
    await once(answerer, "exit");
  };

  it("reach an answerer in another connection", async () => {
    answerer("worker");
    await (await waker()).wake("worker", "r-1234567890");
    await untilAnswered("r-1234567890");
    assert.deepEqual([answered, faults], [["r-1234567890"], []]);
  });

  it("wait for an answerer who comes later", async () => {
    await (await waker()).wake("worker", "r-1234567890");
    answerer("worker");
    await untilAnswered("r-1234567890");
  });

  it("reach the side they are for and no other", async () => {
    for (const name of ["web", "worker", "show"] as const)
      answerer(name, async (request) => void answered.push(`${name} ${request}`));
    const wake = await waker();
    await wake.show("r-show");
    await wake.wake("worker", "r-worker");
    await wake.wake("web", "r-web0");
    await eventually(
      async () => answered.toSorted(),
      (found) => found.join() === "show r-show,web r-web0,worker r-worker",
    );
  });

  it("come again when they are sent again, for a request that was answered already", async () => {
    answerer("web");
    const wake = await waker();
    for (let i = 0; i < 3; i++) await wake.wake("web", "r-1234567890");
    await eventually(
      async () => answered,
      (found) => found.length === 3,
    );
  });

  it("carry the request's id and nothing else", async () => {
    await (await waker()).wake("web", "r-1234567890");
    const queue = closing(new Queue("web", { connection: connection(), prefix: `${prefix}bull` }));
    const [job] = await queue.getJobs();
    assert.deepEqual(job?.data, { request: "r-1234567890" });
  });

  it("are ignored when somebody forged them and they name no request", async () => {
    const queue = closing(new Queue("web", { connection: connection(), prefix: `${prefix}bull` }));
    const forged = [
      {},
      { request: 5 },
      { request: ["r-1234567890"] },
      { request: "r-" },
      { request: "r-UPPERCASE1" },
      { request: "r-1234567890\n" },
      { request: `r-${"x".repeat(21)}` },
      { request: "../r-1234567890" },
      null,
      "r-1234567890",
    ];
    for (const data of forged) await queue.add("web", data);
    await (await waker()).wake("web", "r-true");
    answerer("web");
    await untilAnswered("r-true");
    assert.deepEqual(answered, ["r-true"]);
  });

  it("are not answered a second time when their answerer was killed half-way", async () => {
    const wake = await waker();
    await killHalfway(wake, "r-halfway");
    await sweepTwice(peer.url, `${prefix}bull:web`, () =>
      answerDoorbell("web", { ...options(), concurrency: 1 }, note),
    );
    answerer("web");
    await wake.wake("web", "r-after");
    await untilAnswered("r-after");
    assert.deepEqual(answered, ["r-after"]);
    assert.match(faults.map(sayFault).join(), /stalled more than allowable limit|started more than allowable limit/);
    // The sweeper sends another hint, which is another job.
    await wake.wake("web", "r-halfway");
    await untilAnswered("r-halfway");
  });

  it("would be answered a second time by a worker with BullMQ's own settings", async () => {
    await killHalfway(await waker(), "r-halfway");
    const plain = () =>
      new Worker("web", async (job) => note(job.data.request), { connection: connection(), prefix: `${prefix}bull` });
    await sweepTwice(peer.url, `${prefix}bull:web`, plain);
    closing(plain());
    await untilAnswered("r-halfway");
  });

  it("report an answer that failed, and go on", async () => {
    answerer("web", async (request) => {
      if (request === "r-fails") throw new Error("on purpose");
      await note(request);
    });
    const wake = await waker();
    await wake.wake("web", "r-fails");
    await wake.wake("web", "r-after");
    await untilAnswered("r-after");
    assert.deepEqual(faults.map(sayFault), ["Error: on purpose"]);
  });

  it("are let end before the doorbell is closed", async () => {
    const order: string[] = [];
    const began = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const doorbell = answerDoorbell("web", { ...options(), concurrency: 1 }, async () => {
      began.resolve();
      await end.promise;
      order.push("answered");
    });
    await (await waker()).wake("web", "r-1234567890");
    await began.promise;
    const closed = doorbell.close().then(() => order.push("closed"));
    // Longer than a close has patience with Redis: what runs is waited for all the same.
    await sleep(2_500);
    end.resolve();
    await closed;
    assert.deepEqual(order, ["answered", "closed"]);
  });

  describe("when Redis is dead", () => {
    it("are given up and reported, and come through again when it lives", async () => {
      const wake = await waker();
      answerer("web");
      await wake.wake("web", "r-before");
      await untilAnswered("r-before");
      await peer.kill();
      try {
        faults.length = 0;
        await wake.wake("web", "r-dead");
        await wake.show("r-dead");
        assert.ok(faults.length >= 2, `${faults.length} faults were reported`);
      } finally {
        await peer.restart();
      }
      await eventually(
        async () => {
          await wake.wake("web", "r-again");
          return answered;
        },
        (found) => found.includes("r-again"),
      );
    });

    it("are opened as soon as it lives, and until then it is told why they are not", async () => {
      await peer.kill();
      const opening = openWake(options());
      await eventually(
        async () => faults.length,
        (count) => count > 0,
      );
      await peer.restart();
      const wake = closing(await opening);
      answerer("web");
      await wake.wake("web", "r-1234567890");
      await untilAnswered("r-1234567890");
    });

    it("do not hold a process that wants to close", async () => {
      const answerer = await startAnswerer();
      try {
        await peer.kill();
        answerer.send("close");
        assert.deepEqual(await once(answerer, "message"), ["closed", undefined]);
      } finally {
        answerer.kill("SIGKILL");
        await peer.restart();
      }
    });
  });

  describe("the password of a redis:// address", () => {
    const password = "sesame-open-4711";

    it("is in no fault that is reported, wherever one looks", async function () {
      this.timeout(20_000);
      const guarded = await startOwnRedis({ requirepass: "another" });
      const proxy = await startCuttingProxy(guarded.url);
      const url = proxy.url.replace("redis://", `redis://default:${password}@`);
      const said = (what: RegExp) =>
        eventually(
          async () => faults.map(sayFault).join(),
          (text) => what.test(text),
        );
      try {
        const opening = openWake({ ...options(), url });
        const doorbell = answerDoorbell("web", { ...options(), url, concurrency: 1 }, note);
        await said(/WRONGPASS/);
        const redis = new Redis(guarded.url.slice("unix://".length), { password: "another" });
        await redis.config("SET", "requirepass", password);
        redis.disconnect();
        const wake = await opening;
        await proxy.close();
        await said(/ECONNREFUSED/);
        await wake.wake("web", "r-1234567890");
        const again = await startCuttingProxy(guarded.url, Number(new URL(url).port));
        await eventually(
          async () => {
            await wake.wake("web", "r-again");
            return answered;
          },
          (found) => found.includes("r-again"),
        );
        await Promise.all([wake.close(), doorbell.close()]);
        await again.close();
        for (const fault of faults) {
          assert.ok(!inspect(fault, { depth: null, showHidden: true }).includes(password), inspect(fault));
          assert.ok(!sayFault(fault).includes(password), sayFault(fault));
        }
      } finally {
        await guarded.close();
      }
    });
  });

  const connection = () => ({ path: peer.url.slice("unix://".length), maxRetriesPerRequest: null });
});

/**
 * Lets BullMQ find the job of a dead worker, which takes it two looks 30 s apart: each worker looks as it starts, and
 * what holds it back (the dead one's lock, the time of the last look) is taken away.
 */
async function sweepTwice(url: string, queue: string, start: () => { close(): Promise<void> }): Promise<void> {
  const redis = new Redis(url.slice("unix://".length));
  try {
    const [job = ""] = await redis.lrange(`${queue}:active`, 0, 0);
    assert.notEqual(job, "", "no job is active");
    for (const look of [1, 2]) {
      await redis.del(`${queue}:${job}:lock`, `${queue}:stalled-check`);
      const worker = start();
      await eventually(
        async () => (look === 1 ? redis.sismember(`${queue}:stalled`, job) : redis.lrange(`${queue}:active`, 0, -1)),
        (found) => (look === 1 ? found === 1 : Array.isArray(found) && !found.includes(job)),
      );
      await worker.close();
    }
  } finally {
    redis.disconnect();
  }
}
