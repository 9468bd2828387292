import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import type { State } from "../../src/request/request.ts";
import { inState } from "../request/samples.ts";
import { api, handles, leaseMs, openBench, restart, scaleTo, type TestBench } from "./bench.ts";
import { watchedWorker } from "./watched.ts";

/** Requests that change deploy/api; its dry runs carry a query of their own. */
const call = /\/deployments\/api(\/scale)?\?(?!.*dryRun).*fieldManager/;
const deadlineMs = 1_000;
const often = 1_000;

interface Case {
  readonly what: string;
  readonly fault: (test: TestBench) => void;
  readonly ends: State;
  readonly effects: 0 | 1;
  readonly says: RegExp;
}

/** Misfortunes of the call itself: what the record must say in the end, and what has really happened. */
const cases: readonly Case[] = [
  {
    what: "one call is lost on its way",
    fault: ({ double }) => double.faults.drop("before-effect", call),
    ...{ ends: "succeeded", effects: 1, says: /rolled out/ },
  },
  {
    what: "one answer is lost on its way",
    fault: ({ double }) => double.faults.drop("after-effect", call),
    ...{ ends: "succeeded", effects: 1, says: /rolled out/ },
  },
  {
    what: "every call is lost on its way",
    fault: ({ double }) => double.faults.drop("before-effect", call, often),
    ...{ ends: "unknown", effects: 0, says: /did not say whether it was done/ },
  },
  {
    what: "every answer is lost on its way",
    fault: ({ double }) => double.faults.drop("after-effect", call, often),
    ...{ ends: "succeeded", effects: 1, says: /rolled out/ },
  },
  {
    what: "only the sixth call arrives, and its answer is lost",
    fault({ double }) {
      double.faults.drop("before-effect", call, 5);
      double.faults.drop("after-effect", call, often);
    },
    ...{ ends: "succeeded", effects: 1, says: /rolled out/ },
  },
  {
    what: "the server fails once",
    fault: ({ double }) => double.faults.answer(500, call),
    ...{ ends: "succeeded", effects: 1, says: /rolled out/ },
  },
  {
    what: "the server fails each time",
    fault: ({ double }) => double.faults.answer(503, call, often),
    ...{ ends: "unknown", effects: 0, says: /did not say whether it was done/ },
  },
  {
    what: "the server is too busy",
    fault: ({ double }) => double.faults.answer(429, call),
    ...{ ends: "failed", effects: 0, says: /The cluster refused it/ },
  },
  {
    what: "the call is forbidden",
    fault: ({ double }) => double.faults.answer(403, call),
    ...{ ends: "failed", effects: 0, says: /The cluster refused it/ },
  },
  {
    what: "the token is not accepted",
    fault: ({ double }) => double.faults.answer(401, call),
    ...{ ends: "failed", effects: 0, says: /The cluster refused it/ },
  },
  {
    what: "the object has moved once, in nothing that was approved",
    fault: ({ double }) => double.faults.answer(409, call),
    ...{ ends: "succeeded", effects: 1, says: /rolled out/ },
  },
  {
    what: "the object never holds still",
    fault: ({ double }) => double.faults.answer(409, call, often),
    ...{ ends: "failed", effects: 0, says: /never held still; nothing was done/ },
  },
  {
    what: "the call takes longer than its deadline, and comes to its effect after all",
    fault: ({ double }) => double.faults.delay(deadlineMs * 1.3, call),
    ...{ ends: "succeeded", effects: 1, says: /rolled out/ },
  },
  {
    what: "there is no token for the account",
    fault: ({ double }) => double.faults.answer(403, /serviceaccounts\/countersign-(scale|rollout-restart)\/token/),
    ...{ ends: "failed", effects: 0, says: /No token for the operation's account could be had/ },
  },
  {
    what: "there is no handle",
    fault: ({ double }) => double.faults.answer(403, /\/secrets\?/),
    ...{ ends: "failed", effects: 0, says: /No token for the operation's account could be had/ },
  },
];

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

  it("before the intent leaves the grant as it is, for the next worker to begin again", async () => {
    const request = await test.granted(restart);
    test.double.faults.answer(503, /dryRun/);
    await assert.rejects(work(test.worker("first"), request.id), /server-error/);
    inState(await test.now(request), "granted");
    test.desk.clock.pass(leaseMs + 1);
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
