import assert from "node:assert/strict";
import fc from "fast-check";
import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { isOver, type Request } from "../../src/request/request.ts";
import { accepted, alice } from "../request/desk.ts";
import { api, leaseMs, openBench, restart, scaleTo, type TestBench } from "./bench.ts";
import { call } from "./misfortunes.ts";
import { type Moment, moments, mortalWorker, sleepingWorker } from "./watched.ts";

const misfortunes: readonly (readonly [string, (test: TestBench, times: number) => void])[] = [
  ["all is well", () => undefined],
  ["calls are lost", ({ double }, times) => double.faults.drop("before-effect", call, times)],
  ["answers are lost", ({ double }, times) => double.faults.drop("after-effect", call, times)],
  ["the server fails", ({ double }, times) => double.faults.answer(500, call, times)],
  ["the server is busy", ({ double }, times) => double.faults.answer(429, call, times)],
  ["the version has moved", ({ double }, times) => double.faults.answer(409, call, times)],
  ["all fails", ({ double }, times) => double.faults.answer(503, /./, times)],
  ["tickets are lost", ({ double }, times) => double.faults.drop("after-effect", /configmaps/, times)],
  ["nobody may carry it", ({ directory }) => directory.remove(alice.sub)],
];

const life = fc.record({
  fate: fc.constantFrom("dies", "sleeps"),
  moment: fc.constantFrom<Moment>(...moments),
  misfortune: fc.constantFrom(...misfortunes),
  times: fc.integer({ min: 1, max: 7 }),
  /** Somebody else changes what counts as a new generation, or what only moves the version. */
  meddled: fc.constantFrom("not at all", "annotations", "labels"),
});

describe("whatever becomes of the workers and the API", function () {
  this.timeout(120_000);
  let test: TestBench;
  before(async () => {
    test = await openBench();
  });
  after(() => test.close());

  /** The request, looked at again where nobody could tell; a look comes at any time, also while somebody sleeps. */
  async function looked(request: Request): Promise<Request> {
    if ((await test.now(request)).state === "unknown") {
      accepted(await test.desk.lifecycle.lookAgain(request.id, alice));
      await work(test.worker("looker"), request.id);
    }
    return test.now(request);
  }

  const replicasNow = () => test.double.snapshot().find(({ namespace }) => namespace === "prod")?.replicas ?? 0;
  const operations: Readonly<Record<string, () => Operation>> = {
    restart: () => restart,
    scale: () => scaleTo(replicasNow() === 3 ? 5 : 3),
  };

  for (const [kind, operation] of Object.entries(operations))
    it(`a ${kind} has one effect at most, and what the record says of it is true`, () =>
      fc.assert(
        fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async (lives) => {
          const request = await test.granted(operation());
          const before = test.effects().length;
          const sleepers: { wake(): void; readonly working: Promise<unknown> }[] = [];
          for (const [i, { fate, moment, misfortune, times, meddled }] of lives.entries()) {
            misfortune[1](test, times);
            if (fate === "dies")
              await work(mortalWorker(test, `worker-${i}`, moment), request.id).catch(() => undefined);
            else {
              const { bench, asleep, wake } = sleepingWorker(test, `worker-${i}`, moment);
              const working = work(bench, request.id).catch(() => undefined);
              await Promise.race([asleep, working]);
              sleepers.push({ wake, working });
            }
            test.double.faults.clear();
            test.directory.put(alice);
            if (meddled !== "not at all")
              await test.admin.patch(api, { metadata: { [meddled]: { "example.org/mark": `${request.id}.${i}` } } });
            test.desk.clock.pass(leaseMs + 1);
          }
          await work(test.worker("last"), request.id);
          const ended = await looked(request);
          for (const { wake, working } of sleepers) {
            wake();
            await working;
          }
          const now = await looked(request);
          const effects = test.effects().length - before;
          assert.ok(isOver(now), now.state);
          if (ended.state !== "unknown") assert.deepEqual(now, ended);
          if (now.state === "succeeded") assert.equal(effects, 1);
          else if (now.state !== "unknown")
            assert.equal(effects, "outcome" in now && now.outcome.says.startsWith("The change was made") ? 1 : 0);
          assert.ok(effects <= 1);
        }),
        // Not shrunk: each life changes the one cluster. The same lives each time, unless others are asked for.
        { numRuns: 20, endOnFailure: true, seed: Number(process.env["COUNTERSIGN_SEED"] ?? 42) },
      ));
});
