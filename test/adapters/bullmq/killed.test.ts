import assert from "node:assert/strict";
import { once } from "node:events";
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import { answerDoorbell } from "../../../src/adapters/bullmq/wake.ts";
import { sayFault } from "../../../src/adapters/log/log.ts";
import type { Wake } from "../../../src/ports.ts";
import { eventually } from "../../contract/kubernetes/bench.ts";
import { Bells } from "./bells.ts";

describe("wake-ups whose answerer was killed", () => {
  const bells = new Bells();

  /** Sends a hint to a process that is killed while it answers. */
  const killHalfway = async (wake: Wake, request: string) => {
    const answerer = await bells.answererProcess();
    const [[begun]] = await Promise.all([once(answerer, "message"), wake.wake("web", request)]);
    assert.equal(begun, request);
    answerer.kill("SIGKILL");
    await once(answerer, "exit");
  };

  it("are not answered a second time when their answerer was killed half-way", async () => {
    const wake = await bells.waker();
    await killHalfway(wake, "r-halfway");
    await sweepTwice(bells.peer.url, `${bells.prefix}bull:web`, () =>
      answerDoorbell("web", { ...bells.options, concurrency: 1 }, bells.note),
    );
    bells.answerer("web");
    await wake.wake("web", "r-after");
    await bells.untilAnswered("r-after");
    assert.deepEqual(bells.answered, ["r-after"]);
    assert.match(
      bells.faults.map(sayFault).join(),
      /stalled more than allowable limit|started more than allowable limit/,
    );
    // The sweeper sends another hint, which is another job.
    await wake.wake("web", "r-halfway");
    await bells.untilAnswered("r-halfway");
  });

  it("would be answered a second time by a worker with BullMQ's own settings", async () => {
    await killHalfway(await bells.waker(), "r-halfway");
    const plain = () => new Worker("web", async (job) => bells.note(job.data.request), bells.raw);
    await sweepTwice(bells.peer.url, `${bells.prefix}bull:web`, plain);
    bells.closing(plain());
    await bells.untilAnswered("r-halfway");
  });
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
