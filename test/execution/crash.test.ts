import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { isOver, type Request } from "../../src/request/request.ts";
import { inState } from "../request/samples.ts";
import { api, handles, leaseMs, openBench, restart, scaleTo, type TestBench } from "./bench.ts";
import { Crashed, type Moment, moments, mortalWorker } from "./watched.ts";

const operations: readonly (readonly [string, Operation])[] = [
  ["a restart", restart],
  ["a scale", scaleTo(5)],
];

describe("a worker that is gone", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
  });
  afterEach(() => test.close());

  async function runUntilGone(request: Request, dies: Moment): Promise<void> {
    const bench = mortalWorker(test, "first", dies);
    const gone = dies.endsWith("close") ? work(bench, request.id) : assert.rejects(work(bench, request.id), Crashed);
    await gone;
  }
  async function takeOver(request: Request, name = "second"): Promise<Request> {
    test.desk.clock.pass(leaseMs + 1);
    await work(test.worker(name), request.id);
    return test.now(request);
  }
  const isDone = async (operation: Operation, request: Request) => {
    const { metadata, spec } = (await test.admin.get(api)) as { metadata: { annotations?: object }; spec?: unknown };
    return operation.kind === "scale"
      ? (spec as { replicas: number }).replicas === operation.replicas
      : JSON.stringify(metadata.annotations ?? {}).includes(request.id);
  };

  for (const [what, operation] of operations)
    for (const dies of moments)
      it(`${dies} of ${what}: the next one ends it, with one effect`, async () => {
        const request = await test.granted(operation);
        await runUntilGone(request, dies);
        const beforehand = test.effects().length;
        const over = isOver(await test.now(request));
        assert.equal(beforehand, moments.indexOf(dies) > moments.indexOf("before call") ? 1 : 0);
        assert.equal(over, moments.indexOf(dies) > moments.indexOf("before outcome"));
        const done = inState(await takeOver(request), "succeeded");
        assert.equal(test.effects().length, 1);
        assert.ok(await isDone(operation, request));
        assert.equal(done.claim.fence, over || dies === "before claim" ? 1 : 2);
      });

  for (const [what, operation] of operations)
    it(`one after the other, at every moment in turn, of ${what}: one effect all the same`, async () => {
      const request = await test.granted(operation);
      for (const dies of moments.slice(0, moments.indexOf("before outcome") + 1)) {
        await work(mortalWorker(test, `dies ${dies}`, dies), request.id).catch(() => undefined);
        test.desk.clock.pass(leaseMs + 1);
      }
      inState(await takeOver(request, "last"), "succeeded");
      assert.equal(test.effects().length, 1);
    });

  it("leaves its lease, which nobody takes before it is over", async () => {
    const request = await test.granted(restart);
    await runUntilGone(request, "after intent");
    test.desk.clock.pass(leaseMs - 1);
    await work(test.worker("second"), request.id);
    assert.equal(inState(await test.now(request), "executing").claim.worker, "first");
  });

  describe("when somebody changed the object meanwhile", () => {
    const meddle = { metadata: { annotations: { "example.org/mark": "somebody" } } };

    it("after a restart was done: the object itself tells that it was", async () => {
      const request = await test.granted(restart);
      await runUntilGone(request, "after call");
      await test.admin.patch(api, meddle);
      inState(await takeOver(request), "succeeded");
      assert.equal(test.effects().length, 1);
    });

    it("before a restart was done: unknown, and not done after all", async () => {
      const request = await test.granted(restart);
      await runUntilGone(request, "before call");
      await test.admin.patch(api, meddle);
      assert.match(inState(await takeOver(request), "unknown").outcome.says, /look whether it was done before/);
      assert.deepEqual(test.effects(), []);
    });

    it("after a scale was done, to another number: unknown, and not done twice", async () => {
      const request = await test.granted(scaleTo(5));
      await runUntilGone(request, "after call");
      await test.admin.patch(`${api}/scale`, { spec: { replicas: 4 } });
      inState(await takeOver(request), "unknown");
      assert.equal(test.effects().length, 1);
    });

    it("before there was a ticket: it is known that nothing was done, and that nothing will be", async () => {
      const request = await test.granted(restart);
      await runUntilGone(request, "after intent");
      await test.admin.patch(api, { spec: { template: { metadata: { labels: { rev: "2" } } } } });
      const failed = inState(await takeOver(request), "failed");
      assert.match("outcome" in failed ? failed.outcome.says : "", /nothing was done/);
      assert.deepEqual(test.effects(), []);
    });

    it("not by another of our own requests: that one waits, and says for whom", async () => {
      const request = await test.granted(scaleTo(5));
      const other = await test.granted(scaleTo(5));
      await runUntilGone(request, "after intent");
      await work(test.worker("other"), other.id);
      const waiting = inState(await test.now(other), "granted");
      assert.equal(waiting.heldUp?.why, `${request.id} is acting on Deployment prod/api`);
      inState(await takeOver(request), "succeeded");
      assert.equal(test.effects().length, 1);
    });
  });

  it("leaves a handle behind that its successor revokes", async () => {
    const request = await test.granted(restart);
    await runUntilGone(request, "after token");
    inState(await takeOver(request), "succeeded");
    const left = (await test.admin.list(handles)).map(({ metadata }) => metadata.name);
    assert.deepEqual(left, []);
  });
});
