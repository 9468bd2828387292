import assert from "node:assert/strict";
import { mock } from "node:test";
import type { Bench } from "../../src/execution/bench.ts";
import { claim, LeaseLost, MustWait } from "../../src/execution/hold.ts";
import { createMover } from "../../src/request/move.ts";
import { alice, openDesk, readPods, type TestDesk } from "../request/desk.ts";
import { inState } from "../request/samples.ts";

const leaseMs = 30_000;
const beatMs = leaseMs / 3;
const progress = { says: "1 of 3 pods replaced" };

describe("a hold", () => {
  let desk: TestDesk;
  let id: string;
  beforeEach(async () => {
    mock.timers.enable({ apis: ["setInterval"] });
    desk = openDesk();
    ({ id } = await desk.asks(alice, readPods));
  });
  afterEach(() => mock.timers.reset());

  const bench = (worker: string, store = desk.store) =>
    ({ store, mover: createMover({ store, wake: desk.wake, chance: desk.chance }), worker, leaseMs }) as Bench;
  async function claimed(worker = "first", store = desk.store) {
    const taken = await claim(bench(worker, store), id);
    assert.ok(taken);
    return taken.hold;
  }
  async function executing(worker = "first", store = desk.store) {
    const hold = await claimed(worker, store);
    await hold.step((now) => ({
      type: "intended",
      fence: hold.fence,
      intent: { step: 0, resourceVersion: "1" },
      leaseUntil: now + leaseMs,
    }));
    return hold;
  }
  const leaseUntil = async () => {
    const request = await desk.now({ id });
    return "claim" in request ? request.claim?.leaseUntil : undefined;
  };
  /** A beat of the timer, and all that it sets going. */
  async function beat(): Promise<void> {
    mock.timers.tick(beatMs);
    await new Promise((resolve) => setImmediate(resolve));
  }

  it("is given to one of many, with the next fence", async () => {
    const taken = await Promise.all(["one", "two", "three"].map((worker) => claim(bench(worker), id)));
    assert.deepEqual(
      taken.map((one) => one?.hold.fence),
      [1, undefined, undefined],
    );
    desk.clock.pass(leaseMs);
    assert.equal((await claim(bench("four"), id))?.hold.fence, 2);
    for (const one of taken) one?.hold.release();
  });

  it("is not given of a request that is over, or that nobody knows", async () => {
    await desk.lifecycle.cancel(id, alice, "");
    assert.equal(await claim(bench("first"), id), undefined);
    assert.equal(await claim(bench("first"), "r-nobody"), undefined);
  });

  it("is not given while its lease lasts", async () => {
    const hold = await claimed();
    desk.clock.pass(leaseMs - 1);
    assert.equal(await claim(bench("second"), id), undefined);
    hold.release();
  });

  it("renews its lease three times in its length, with what it told last", async () => {
    const hold = await executing();
    await hold.tell(progress);
    for (let i = 1; i <= 6; i++) {
      desk.clock.pass(beatMs);
      await beat();
      assert.equal(await leaseUntil(), desk.clock.now() + leaseMs, `beat ${i}`);
    }
    const told = inState(await desk.now({ id }), "executing").progress;
    assert.deepEqual(told, { ...progress, at: desk.clock.now() });
    hold.release();
  });

  it("renews nothing after it was released", async () => {
    const hold = await executing();
    await hold.tell(progress);
    hold.release();
    const before = desk.records.trail.events.length;
    await beat();
    assert.equal(desk.records.trail.events.length, before);
  });

  it("is lost with its lease: a step throws, the signal is aborted, nothing is written", async () => {
    const hold = await executing();
    desk.clock.pass(leaseMs + 1);
    const before = await desk.now({ id });
    await assert.rejects(hold.tell(progress), LeaseLost);
    assert.ok(hold.signal.aborted && hold.signal.reason instanceof LeaseLost);
    assert.deepEqual(await desk.now({ id }), before);
    hold.release();
  });

  it("is lost to the next worker, and found out by the next beat", async () => {
    const hold = await executing();
    await hold.tell(progress);
    desk.clock.pass(leaseMs + 1);
    const next = await claimed("second");
    assert.equal(hold.signal.aborted, false);
    await beat();
    assert.ok(hold.signal.aborted && hold.signal.reason instanceof LeaseLost);
    for (const one of [hold, next]) one.release();
  });

  it("is given up when the record cannot be reached", async () => {
    let reachable = true;
    const read: typeof desk.store.read = (one) =>
      reachable ? desk.store.read(one) : Promise.reject(new Error("no answer"));
    const hold = await executing("first", { ...desk.store, read });
    await hold.tell(progress);
    reachable = false;
    await beat();
    assert.ok(hold.signal.aborted);
    assert.match(String(hold.signal.reason), /no answer/);
    hold.release();
  });

  it("keeps no step that is late by the store's clock, though it was in time when it was thought of", async () => {
    const keep: typeof desk.store.keep = (step) => {
      if (step.event.kind === "execution.intent") desk.clock.pass(leaseMs + 1);
      return desk.store.keep(step);
    };
    await assert.rejects(executing("first", { ...desk.store, keep }), LeaseLost);
    inState(await desk.now({ id }), "granted");
  });

  it("must wait while another request acts on its object, and is not lost by that", async () => {
    const keep: typeof desk.store.keep = async (step) =>
      step.event.kind === "execution.intent"
        ? { kept: false, because: "target-busy", by: "r-other", lock: "demo/Deployment/prod/api" }
        : desk.store.keep(step);
    const hold = await claimed("first", { ...desk.store, keep });
    const intent = { step: 0, resourceVersion: "1" };
    const begin = hold.step((now) => ({ type: "intended", fence: hold.fence, intent, leaseUntil: now + leaseMs }));
    await assert.rejects(begin, (fault) => {
      assert.ok(fault instanceof MustWait);
      assert.equal(fault.why, "r-other is acting on Deployment prod/api");
      return true;
    });
    assert.equal(hold.signal.aborted, false);
    hold.release();
  });

  it("may tell how it ended after its lease, while nobody took over", async () => {
    const hold = await executing();
    desk.clock.pass(leaseMs + 1);
    const outcome = { at: desk.clock.now(), says: "done", apiAuditIds: [] };
    await hold.step(() => ({ type: "finished", fence: hold.fence, as: "succeeded", outcome }));
    inState(await desk.now({ id }), "succeeded");
    hold.release();
  });
});
