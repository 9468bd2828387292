import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import { digestOf } from "../../src/operation/digest.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { alice, bob, restartIn } from "../request/desk.ts";
import { inState } from "../request/samples.ts";
import { openBench, restart, scaleTo, type TestBench } from "./bench.ts";

describe("planning a request", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
  });
  afterEach(() => test.close());

  const asked = (operation: Operation) => test.desk.asks(alice, operation);
  const nowhere = (target: { readonly namespace: string; readonly name: string }): Operation => ({
    kind: "rollout-restart",
    cluster: "demo",
    target: { kind: "Deployment", namespace: namespace(target.namespace), name: name(target.name) },
  });

  it("stands with its digest, after a dry run that stored nothing", async () => {
    const request = await asked(scaleTo(5));
    await work(test.worker("first"), request.id);
    const planned = inState(await test.now(request), "planning");
    assert.ok(planned.plan);
    const { id, requester, reason } = planned;
    assert.equal(planned.digest, digestOf({ request: id, requester, reason }, planned.plan));
    assert.ok(test.double.requests.some((line) => line.startsWith("PATCH") && line.includes("dryRun=All")));
    assert.deepEqual([test.effects(), test.double.snapshot()[0]?.replicas], [[], 3]);
  });

  it("is made once, however many workers look", async () => {
    const request = await asked(restart);
    await Promise.all([1, 2, 3].map((i) => work(test.worker(`worker-${i}`), request.id)));
    await work(test.worker("late"), request.id);
    const made = test.desk.records.trail.events.filter(({ kind }) => kind === "plan.made");
    assert.equal(made.length, 1);
  });

  const hopeless: readonly (readonly [string, Operation, (test: TestBench) => void, RegExp])[] = [
    [
      "there is no such object",
      nowhere({ namespace: "prod", name: "nobody" }),
      () => undefined,
      /^There is no deploy\/nobody in the namespace prod\.$/,
    ],
    [
      "we are not installed there",
      restartIn("staging"),
      () => undefined,
      /^Countersign is not installed for the namespace staging: /,
    ],
    [
      "the server would refuse it",
      restart,
      ({ double }) => double.faults.answer(422, /dryRun/),
      /^The cluster refuses this change: /,
    ],
    ["it cannot be done", scaleTo(3), () => undefined, /has 3 replicas already/],
  ];
  for (const [what, operation, prepare, why] of hopeless)
    it(`is a failure at once, in words, when ${what}`, async () => {
      const request = await asked(operation);
      prepare(test);
      await work(test.worker("first"), request.id);
      const failed = inState(await test.now(request), "failed");
      assert.match("ended" in failed ? failed.ended.why : "", why);
      assert.deepEqual(test.effects(), []);
    });

  const aways: readonly (readonly [does: string, make: (test: TestBench) => void, code: RegExp])[] = [
    ["does not answer", ({ double }) => double.faults.judge(() => ({ drop: "before-effect" })), /no-answer/],
    ["answers with faults of its own", ({ double }) => double.faults.answer(503, /./, 99), /server-error/],
    ["asks to be asked less often", ({ double }) => double.faults.answer(429, /./, 99), /too-many-requests/],
  ];
  for (const [does, make, code] of aways)
    it(`waits, and says for what, while the cluster ${does}, and goes on when that is over`, async () => {
      const request = await asked(restart);
      make(test);
      await assert.rejects(work(test.worker("first"), request.id), code);
      test.desk.clock.pass(600_000);
      await assert.rejects(work(test.worker("first"), request.id), code);
      assert.equal(inState(await test.now(request), "planning").heldUp?.why, `the cluster demo ${does}`);
      test.double.faults.clear();
      await work(test.worker("first"), request.id);
      const planned = inState(await test.now(request), "planning");
      assert.ok(planned.plan && planned.heldUp === undefined);
    });

  it("reads again when the object moves between reading and trying, a few times", async () => {
    const request = await asked(restart);
    test.double.faults.answer(409, /dryRun/, 4);
    await work(test.worker("first"), request.id);
    assert.ok(inState(await test.now(request), "planning").plan);
    const restless = await asked(restart);
    test.double.faults.answer(409, /dryRun/, 5);
    await assert.rejects(work(test.worker("first"), restless.id), /conflict/);
    assert.equal(inState(await test.now(restless), "planning").plan, undefined);
  });

  it("is left to another worker for a cluster that is not ours", async () => {
    const request = await asked({ ...restart, cluster: "other" });
    await work(test.worker("first"), request.id);
    assert.deepEqual(await test.now(request), request);
  });

  it("is not made for a request that is over", async () => {
    const request = await test.desk.asks(bob, restart);
    await test.desk.lifecycle.cancel(request.id, bob, "");
    await work(test.worker("first"), request.id);
    inState(await test.now(request), "cancelled");
    assert.ok(test.double.requests.every((line) => !line.includes("deployments")));
  });
});
