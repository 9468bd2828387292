import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import type { Executing, Finished, Granted } from "../../src/request/request.ts";
import { inState } from "../request/samples.ts";
import { api, leaseMs, openBench, restart, scaleTo, type TestBench, tickets } from "./bench.ts";

describe("a record that a thief of Redis sets to executing", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
  });
  afterEach(() => test.close());

  /** Writes the record as if a worker that is gone had left an intent on the object as it is now. */
  async function setBack(request: Granted | Finished): Promise<void> {
    const { metadata } = (await test.admin.get(api)) as {
      metadata: { resourceVersion?: string; generation?: number };
    };
    const { id, state, claim, ...known } = request;
    const next: Executing = {
      ...known,
      id,
      state: "executing",
      claim: { worker: "gone", fence: claim?.fence ?? 1, leaseUntil: 0 },
      intent: { at: 0, step: 0, resourceVersion: metadata.resourceVersion ?? "", generation: metadata.generation ?? 0 },
    };
    const stored = await test.desk.store.read(id);
    const event = { kind: "request.expired", request: id, was: state } as const;
    const kept = await test.desk.store.keep({
      operationId: `forged-${id}-${state}`,
      next,
      expect: stored?.version ?? 0,
      event,
    });
    assert.ok("kept" in kept);
  }

  it("after it was done and somebody took it back: it is not done again", async () => {
    const request = await test.granted(scaleTo(5));
    await work(test.worker("first"), request.id);
    const done = inState(await test.now(request), "succeeded") as Finished;
    await test.admin.patch(`${api}/scale`, { spec: { replicas: 3 } });
    await setBack(done);
    await work(test.worker("second"), request.id);
    assert.equal(test.effects().length, 1);
    assert.match(inState(await test.now(request), "unknown").outcome.says, /look whether it was done before/);
  });

  it("after it was done: it is found done, and not done again", async () => {
    const request = await test.granted(restart);
    await work(test.worker("first"), request.id);
    await setBack(inState(await test.now(request), "succeeded") as Finished);
    await work(test.worker("second"), request.id);
    assert.equal(test.effects().length, 1);
    inState(await test.now(request), "succeeded");
  });

  it("before anything was checked, while the object has moved on: what was not approved is not done", async () => {
    const request = await test.granted(restart);
    await test.admin.patch(api, { spec: { template: { metadata: { labels: { rev: "2" } } } } });
    await setBack(request);
    await work(test.worker("first"), request.id);
    const { outcome } = inState(await test.now(request), "failed") as Finished;
    assert.match(
      outcome.says,
      /lost before it began, and nothing was done: the object was changed since it was approved\.$/,
    );
    assert.deepEqual(test.effects(), []);
  });

  it("after the grant ran out: nothing is done, and nothing can be later", async () => {
    const request = await test.granted(restart);
    test.desk.clock.pass(request.grant.grant.notAfter - test.desk.clock.now() + 1);
    await setBack(request);
    await work(test.worker("first"), request.id);
    const failed = inState(await test.now(request), "failed") as Finished;
    assert.match(failed.outcome.says, /lost before it began, and nothing was done: the grant ran out\.$/);
    // The ticket that says so allows no call to whoever comes next.
    await setBack(failed);
    test.desk.clock.pass(leaseMs + 1);
    await work(test.worker("second"), request.id);
    assert.match(inState(await test.now(request), "unknown").outcome.says, /allows no call/);
    assert.deepEqual([test.effects(), (await test.admin.list(tickets)).length], [[], 1]);
  });

  it("after the cluster had refused it, when the grant has run out: it is not tried again", async () => {
    const request = await test.granted(scaleTo(5));
    test.double.faults.answer(403, /\/secrets\?/);
    await work(test.worker("first"), request.id);
    const failed = inState(await test.now(request), "failed") as Finished;
    assert.match(failed.outcome.says, /No token for the operation's account could be had/);
    test.desk.clock.pass(request.grant.grant.notAfter - test.desk.clock.now() + 1);
    await setBack(failed);
    await work(test.worker("second"), request.id);
    assert.match(inState(await test.now(request), "unknown").outcome.says, /The grant has run out/);
    assert.deepEqual(test.effects(), []);
  });

  it("before anything was checked, with all as it was approved: it is done once, from a version the cluster wrote down", async () => {
    const request = await test.granted(scaleTo(5));
    await setBack(request);
    await work(test.worker("first"), request.id);
    inState(await test.now(request), "succeeded");
    assert.equal(test.effects().length, 1);
    const ticket = await test.admin.get(`${tickets}/${request.id}`);
    assert.match((ticket["data"] as Record<string, string>)["resourceVersion"] ?? "", /^\d+$/);
  });
});
