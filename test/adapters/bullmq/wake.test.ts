import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "bullmq";
import { answerDoorbell } from "../../../src/adapters/bullmq/wake.ts";
import { sayFault } from "../../../src/adapters/log/log.ts";
import { eventually } from "../../contract/kubernetes/bench.ts";
import { Bells } from "./bells.ts";

describe("wake-ups through BullMQ", () => {
  const bells = new Bells();

  it("reach an answerer in another connection", async () => {
    bells.answerer("worker:demo");
    await (await bells.waker()).wake("worker:demo", "r-1234567890");
    await bells.untilAnswered("r-1234567890");
    assert.deepEqual([bells.answered, bells.faults], [["r-1234567890"], []]);
  });

  it("wait for an answerer who comes later", async () => {
    await (await bells.waker()).wake("worker:demo", "r-1234567890");
    bells.answerer("worker:demo");
    await bells.untilAnswered("r-1234567890");
  });

  it("reach the side they are for and no other", async () => {
    for (const name of ["web", "worker:demo", "worker:other", "show"] as const)
      bells.answerer(name, async (request) => void bells.answered.push(`${name} ${request}`));
    const wake = await bells.waker();
    await wake.show("r-show");
    await wake.wake("worker:demo", "r-demo");
    await wake.wake("worker:other", "r-other");
    await wake.wake("web", "r-web0");
    await eventually(
      async () => bells.answered.toSorted(),
      (found) => found.join() === "show r-show,web r-web0,worker:demo r-demo,worker:other r-other",
    );
  });

  it("are reported and harmless for a cluster that has no queue", async () => {
    bells.answerer("web");
    const wake = await bells.waker();
    await wake.wake("worker:mars", "r-1234567890");
    assert.deepEqual(bells.faults.map(sayFault), [
      "Error: nobody can be woken for r-1234567890: there is no queue for worker:mars",
    ]);
    await wake.wake("web", "r-after");
    await bells.untilAnswered("r-after");
    assert.deepEqual(bells.answered, ["r-after"]);
  });

  it("come again when they are sent again, for a request that was answered already", async () => {
    bells.answerer("web");
    const wake = await bells.waker();
    for (let i = 0; i < 3; i++) await wake.wake("web", "r-1234567890");
    await eventually(
      async () => bells.answered,
      (found) => found.length === 3,
    );
  });

  it("carry the request's id and nothing else", async () => {
    await (await bells.waker()).wake("web", "r-1234567890");
    const queue = bells.closing(new Queue("web", bells.raw));
    const [job] = await queue.getJobs();
    assert.deepEqual(job?.data, { request: "r-1234567890" });
  });

  it("are ignored when somebody forged them and they name no request", async () => {
    const queue = bells.closing(new Queue("web", bells.raw));
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
    await (await bells.waker()).wake("web", "r-true");
    bells.answerer("web");
    await bells.untilAnswered("r-true");
    assert.deepEqual(bells.answered, ["r-true"]);
  });

  it("report an answer that failed, and go on", async () => {
    bells.answerer("web", async (request) => {
      if (request === "r-fails") throw new Error("on purpose");
      await bells.note(request);
    });
    const wake = await bells.waker();
    await wake.wake("web", "r-fails");
    await wake.wake("web", "r-after");
    await bells.untilAnswered("r-after");
    assert.deepEqual(bells.faults.map(sayFault), ["Error: on purpose"]);
  });

  it("are let end before the doorbell is closed", async () => {
    const order: string[] = [];
    const began = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const doorbell = answerDoorbell("web", { ...bells.options, concurrency: 1 }, async () => {
      began.resolve();
      await end.promise;
      order.push("answered");
    });
    await (await bells.waker()).wake("web", "r-1234567890");
    await began.promise;
    const closed = doorbell.close().then(() => order.push("closed"));
    // Longer than a close has patience with Redis: what runs is waited for all the same.
    await sleep(2_500);
    end.resolve();
    await closed;
    assert.deepEqual(order, ["answered", "closed"]);
  });
});
