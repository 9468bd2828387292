import assert from "node:assert/strict";
import { holdUp } from "../../src/execution/hold-up.ts";
import { alice, openDesk, readPods, restartIn, type TestDesk } from "../request/desk.ts";
import { inState } from "../request/samples.ts";

const away = "the cluster demo does not answer";

describe("holdUp", () => {
  let desk: TestDesk;
  beforeEach(() => {
    desk = openDesk();
  });
  const entries = () => desk.records.trail.events.filter(({ kind }) => kind === "request.held-up").length;
  const dueAfter = async (ms: number) => {
    desk.clock.pass(ms);
    return desk.store.waiting("worker:demo", 5_000, 10);
  };

  it("says why a request cannot be planned, once while the reason stands, and wakes nobody at once", async () => {
    const { id } = await desk.asks(alice, restartIn("prod"));
    const woken = desk.wake.woken.length;
    for (let i = 0; i < 3; i++) await holdUp(desk.mover, id, away);
    assert.equal(inState(await desk.now({ id }), "planning").heldUp?.why, away);
    assert.deepEqual([entries(), desk.wake.woken.length], [1, woken]);
    assert.deepEqual(await dueAfter(1_999), []);
    assert.deepEqual(await dueAfter(1), [id]);
    await holdUp(desk.mover, id, "it answers with faults");
    assert.equal(entries(), 2);
  });

  it("asks ever more seldom while the same reason stands, and writes each time it was asked in vain", async () => {
    const { id } = await desk.asks(alice, restartIn("prod"));
    const waits: number[] = [];
    for (let tries = 0; tries < 8; tries++) {
      await holdUp(desk.mover, id, away);
      await holdUp(desk.mover, id, away);
      const next = inState(await desk.now({ id }), "planning").heldUp?.next ?? 0;
      waits.push(next - desk.clock.now());
      desk.clock.pass(next - desk.clock.now());
    }
    assert.deepEqual(waits, [2_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    assert.equal(entries(), 8);
  });

  it("gives back the claim each time, for the next try to come within seconds", async () => {
    const { id } = await desk.asks(alice, readPods);
    for (const fence of [1, 2]) {
      const claim = { worker: "w", fence, leaseUntil: desk.clock.now() + 30_000 };
      await desk.mover.move(id, () => ({ event: { type: "claimed", claim } }));
      await holdUp(desk.mover, id, away, fence);
      const held = inState(await desk.now({ id }), "granted");
      assert.deepEqual([held.claim?.leaseUntil, held.heldUp?.why], [desk.clock.now(), away]);
      assert.deepEqual(await dueAfter(2_000), [id]);
    }
  });

  it("takes nothing from a worker that has claimed it since", async () => {
    const { id } = await desk.asks(alice, readPods);
    const leaseUntil = desk.clock.now() + 30_000;
    await desk.mover.move(id, () => ({ event: { type: "claimed", claim: { worker: "w", fence: 1, leaseUntil } } }));
    await holdUp(desk.mover, id, away);
    await holdUp(desk.mover, id, away, 2);
    const { claim, heldUp } = inState(await desk.now({ id }), "granted");
    assert.deepEqual([claim?.leaseUntil, heldUp], [leaseUntil, undefined]);
  });

  it("does nothing to a request that has gone on", async () => {
    const request = await desk.plans(await desk.asks(alice, restartIn("prod")));
    await holdUp(desk.mover, request.id, away);
    assert.deepEqual([await desk.now(request), entries()], [request, 0]);
  });
});
