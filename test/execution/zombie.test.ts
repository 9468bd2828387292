import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import type { Request } from "../../src/request/request.ts";
import { inState } from "../request/samples.ts";
import { api, leaseMs, openBench, restart, scaleTo, type TestBench } from "./bench.ts";
import { call } from "./misfortunes.ts";
import { type Moment, moments, mortalWorker, sleepingWorker, watchedWorker } from "./watched.ts";

const operations: readonly (readonly [string, Operation])[] = [
  ["a restart", restart],
  ["a scale", scaleTo(5)],
];

describe("a worker that sleeps past its lease", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
  });
  afterEach(() => test.close());

  async function sleepThrough(request: Request, sleeps: Moment, meanwhile: () => Promise<unknown>): Promise<Request> {
    const { bench, asleep, wake } = sleepingWorker(test, "sleeper", sleeps);
    const working = work(bench, request.id);
    await asleep;
    test.desk.clock.pass(leaseMs + 1);
    await meanwhile();
    const ended = await test.now(request);
    wake();
    // Whether it ends with a word in the log or with a fault, it must do no harm.
    await working.catch(() => undefined);
    return ended;
  }

  for (const [what, operation] of operations)
    for (const sleeps of moments.slice(0, -2))
      it(`${sleeps} of ${what}: does it no second time, and contradicts nobody`, async () => {
        const request = await test.granted(operation);
        const next = test.worker("second");
        const ended = await sleepThrough(request, sleeps, () => work(next, request.id));
        // Asleep before its claim it has nothing to lose; asleep after its outcome there is nothing left to do.
        inState(ended, "succeeded");
        assert.deepEqual(await test.now(request), ended);
        assert.equal(test.effects().length, 1);
        const outcomes = test.desk.records.trail.events.filter(({ kind }) => kind === "execution.outcome");
        assert.equal(outcomes.length, 1);
      });

  it("does not say that nothing was done where the next one could not tell", async () => {
    const request = await test.granted(scaleTo(5));
    const ended = await sleepThrough(request, "before call", async () => {
      // The next one's call has its effect and is never answered; then somebody else scales.
      test.double.faults.drop("after-effect", /deployments\/api\/scale/);
      let calls = 0;
      const next = watchedWorker(test, "second", async (moment) => {
        if (moment === "before call" && ++calls === 2)
          await test.admin.patch(`${api}/scale`, { spec: { replicas: 4 } });
      });
      await work(next, request.id);
    });
    inState(ended, "unknown");
    assert.deepEqual(await test.now(request), ended);
    assert.equal(test.effects().length, 1);
  });

  it("does not act any more after a later one said for certain that nothing was done", async () => {
    const request = await test.granted(restart);
    await work(mortalWorker(test, "first", "after intent"), request.id).catch(() => undefined);
    test.desk.clock.pass(leaseMs + 1);
    const ended = await sleepThrough(request, "after claim", async () => {
      test.double.faults.answer(429, call);
      await work(test.worker("third"), request.id);
    });
    inState(ended, "failed");
    assert.deepEqual([await test.now(request), test.effects()], [ended, []]);
    assert.match(test.logged.join(), /a later worker took the ticket/);
  });

  it("tells that it was done where the next one could not", async () => {
    const request = await test.granted(scaleTo(5));
    const ended = await sleepThrough(request, "after call", async () => {
      await test.admin.patch(`${api}/scale`, { spec: { replicas: 4 } });
      await work(test.worker("second"), request.id);
    });
    inState(ended, "unknown");
    const settled = inState(await test.now(request), "failed");
    assert.ok("outcome" in settled);
    assert.equal(settled.outcome.says, "The change was made, but what came of it was not watched.");
    assert.deepEqual(settled.outcome.apiAuditIds, [test.effects()[0]?.auditId]);
    assert.equal(test.effects().length, 1);
  });
});
