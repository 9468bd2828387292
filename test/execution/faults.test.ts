import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { inState } from "../request/samples.ts";
import { api, handles, leaseMs, openBench, restart, scaleTo, type TestBench } from "./bench.ts";
import { call, cases, deadlineMs, often } from "./misfortunes.ts";
import { watchedWorker } from "./watched.ts";

describe("a fault of the API", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench({ deadlineMs });
  });
  afterEach(() => test.close());

  const operations: readonly (readonly [string, Operation])[] = [
    ["restart", restart],
    ["scale", scaleTo(5)],
  ];

  /** The faults are for the run itself: they begin with its intent. */
  async function runWith(operation: Operation, fault: (test: TestBench) => void) {
    const request = await test.granted(operation);
    let begun = false;
    const bench = watchedWorker(test, "first", async (moment) => {
      if (begun || moment !== "after ticket") return;
      begun = true;
      fault(test);
    });
    await work(bench, request.id);
    return test.now(request);
  }

  for (const { what, fault, ends, effects, says } of cases)
    for (const [kind, operation] of operations)
      it(`${what}: the ${kind} is ${ends}, with ${effects} ${effects === 1 ? "effect" : "effects"}`, async () => {
        const done = await runWith(operation, fault);
        assert.equal(done.state, ends);
        assert.match("outcome" in done ? done.outcome.says : "", says);
        assert.equal(test.effects().length, effects);
        test.double.faults.clear();
        const left = (await test.admin.list(handles)).map(({ metadata }) => metadata.name);
        assert.deepEqual(left, []);
      });

  const lost = [
    ["after-effect", "succeeded", 1],
    ["before-effect", "unknown", 0],
  ] as const;
  for (const [cut, ends, effects] of lost)
    it(`a call cut ${cut} and then refused: ${ends}, for the object ${effects ? "shows" : "does not show"} it`, async () => {
      const request = await test.granted(restart);
      let calls = 0;
      const bench = watchedWorker(test, "first", async (moment) => {
        if (moment !== "before call") return;
        if (++calls === 1) test.double.faults.drop(cut, call);
        else test.double.faults.answer(429, call);
      });
      await work(bench, request.id);
      assert.equal((await test.now(request)).state, ends);
      assert.deepEqual([test.effects().length, calls], [effects, 2]);
    });

  it("keeps the API server's audit id of the answer it believes", async () => {
    const done = inState(await runWith(restart, ({ double }) => double.faults.answer(403, call)), "failed");
    assert.equal("outcome" in done && done.outcome.apiAuditIds.length, 1);
  });

  it("that passes while there is no ticket yet leaves it to the next worker", async () => {
    const request = await test.granted(restart);
    // The ticket is neither taken nor to be read.
    test.double.faults.answer(500, /configmaps/, 2);
    await assert.rejects(work(test.worker("first"), request.id), /server-error/);
    inState(await test.now(request), "executing");
    test.desk.clock.pass(leaseMs + 1);
    await work(test.worker("second"), request.id);
    inState(await test.now(request), "succeeded");
    assert.equal(test.effects().length, 1);
  });

  it("of everything at once leaves it to the next worker, when it is over", async () => {
    const request = await test.granted(restart);
    const bench = watchedWorker(test, "first", async (moment) => {
      if (moment === "before call") test.double.faults.answer(503, /./, often);
    });
    await assert.rejects(work(bench, request.id), /server-error/);
    inState(await test.now(request), "executing");
    test.double.faults.clear();
    test.desk.clock.pass(leaseMs + 1);
    await work(test.worker("second"), request.id);
    inState(await test.now(request), "succeeded");
    assert.equal(test.effects().length, 1);
  });

  it("before the intent says for what is waited and gives the claim back, for any worker to begin again", async () => {
    const request = await test.granted(restart);
    test.double.faults.answer(503, /dryRun/);
    await assert.rejects(work(test.worker("first"), request.id), /server-error/);
    const granted = inState(await test.now(request), "granted");
    assert.equal(granted.heldUp?.why, "the cluster demo answers with faults of its own");
    assert.equal(granted.claim?.leaseUntil, test.desk.clock.now());
    test.desk.clock.pass(1);
    await work(test.worker("second"), request.id);
    inState(await test.now(request), "succeeded");
    assert.equal(test.effects().length, 1);
  });

  it("that refuses the dry run now is a conflict, in the cluster's words", async () => {
    const request = await test.granted(restart);
    test.double.faults.answer(403, /dryRun/);
    await work(test.worker("first"), request.id);
    assert.match(
      inState(await test.now(request), "conflict").ended.why,
      /the cluster refuses it now: a fault on demand/,
    );
  });

  describe("while no token can be had", () => {
    const noToken = /serviceaccounts\/countersign-rollout-restart\/token/;

    it("is waited for by one worker after the other, for a quarter of an hour", async () => {
      const request = await test.granted(restart);
      const bench = watchedWorker(test, "first", async (moment) => {
        if (moment === "before token") test.double.faults.answer(503, noToken, often);
      });
      await assert.rejects(work(bench, request.id), /server-error/);
      for (let i = 0; i < 3; i++) {
        test.desk.clock.pass(leaseMs + 1);
        await assert.rejects(work(test.worker(`worker-${i}`), request.id), /server-error/);
      }
      test.double.faults.clear();
      test.desk.clock.pass(leaseMs + 1);
      await work(test.worker("last"), request.id);
      inState(await test.now(request), "succeeded");
      assert.equal(test.effects().length, 1);
    });

    it("ends as unknown after that, for an earlier worker may have acted", async () => {
      const request = await test.granted(restart);
      const bench = watchedWorker(test, "first", async (moment) => {
        if (moment === "before token") test.double.faults.answer(503, noToken, often);
      });
      await assert.rejects(work(bench, request.id), /server-error/);
      test.desk.clock.pass(15 * 60_000 + 1);
      await work(test.worker("second"), request.id);
      assert.match(inState(await test.now(request), "unknown").outcome.says, /No token/);
      assert.deepEqual(test.effects(), []);
    });
  });

  describe("while the rollout is watched", () => {
    async function watching(operation: Operation, fault: (test: TestBench) => void) {
      const request = await test.granted(operation);
      let begun = false;
      const bench = watchedWorker(test, "first", async (moment) => {
        if (begun || moment !== "after progress") return;
        begun = true;
        fault(test);
      });
      await work(bench, request.id);
      assert.ok(begun);
      return test.now(request);
    }

    it("is overcome: watches are cut", async () => {
      inState(await watching(restart, ({ double }) => double.faults.cutWatches()), "succeeded");
      assert.equal(test.effects().length, 1);
    });

    it("is overcome: the server has forgotten where the watch was", async () => {
      const forget = ({ double }: TestBench) => {
        double.faults.compact();
        double.faults.cutWatches();
      };
      inState(await watching(restart, forget), "succeeded");
      assert.equal(test.effects().length, 1);
    });

    it("is told as it is: the pods never become ready", async () => {
      const request = await test.granted(restart);
      test.double.faults.stallPods(true);
      await work(test.worker("first", { watchMs: 100 }), request.id);
      const done = inState(await test.now(request), "failed");
      assert.match(
        "outcome" in done ? done.outcome.says : "",
        /^The change was made, but it had not finished when the time to watch it was over\.$/,
      );
      assert.equal(test.effects().length, 1);
    });

    it("leaves the watching to the next worker when the lease is over, and says nothing of the rollout", async () => {
      const request = await test.granted(restart);
      test.double.faults.stallPods(true);
      const brief = 30;
      let told = false;
      const bench = watchedWorker(test, "first", async (moment) => {
        if (told || moment !== "after progress") return;
        told = true;
        test.desk.clock.pass(brief + 1);
      });
      await work({ ...bench, leaseMs: brief }, request.id);
      inState(await test.now(request), "executing");
      assert.match(test.logged.join(), /lease lost/);
      test.double.faults.clear();
      await work(test.worker("second"), request.id);
      inState(await test.now(request), "succeeded");
      assert.equal(test.effects().length, 1);
    });

    it("is told as it is: the object is deleted", async () => {
      const request = await test.granted(restart);
      test.double.faults.stallPods(true);
      const bench = watchedWorker(test, "first", async (moment) => {
        if (moment === "after progress") await test.admin.remove(api).catch(() => undefined);
      });
      await work(bench, request.id);
      const done = inState(await test.now(request), "failed");
      assert.match(
        "outcome" in done ? done.outcome.says : "",
        /The change was made, but the object was deleted meanwhile/,
      );
    });
  });
});
