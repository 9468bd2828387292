import assert from "node:assert/strict";
import { responseAt } from "../fakes/authenticator.ts";
import { accepted, alice, bob, openDesk, readPods, restartIn, type TestDesk } from "./desk.ts";
import { inState } from "./samples.ts";

const why = "no worker for the cluster demo has been seen for 30 seconds";

describe("a request whose cluster nobody serves", () => {
  let desk: TestDesk;
  beforeEach(() => {
    desk = openDesk();
    desk.presence.leave("demo");
  });
  const kinds = () => desk.records.trail.events.map(({ kind }) => kind);

  it("is taken all the same, and says so", async () => {
    const { heldUp } = inState(await desk.asks(alice, restartIn("prod")), "planning");
    const now = desk.clock.now();
    assert.deepEqual(heldUp, { since: now, why, next: now + 2_000 });
    assert.deepEqual(kinds(), ["request.asked", "request.held-up"]);
  });

  it("says so once, however often it is looked at", async () => {
    const { id } = await desk.asks(alice, restartIn("prod"));
    await desk.lifecycle.advance(id);
    desk.clock.pass(60_000);
    await desk.lifecycle.advance(id);
    assert.deepEqual(kinds(), ["request.asked", "request.held-up"]);
  });

  it("is planned as ever when a worker is back", async () => {
    const request = await desk.asks(alice, restartIn("prod"));
    await desk.presence.serve(["demo"], 30_000);
    const planned = await desk.plans(request);
    assert.equal(planned.state, "awaiting-challenge");
    assert.ok(!("heldUp" in planned));
  });

  it("says so also when the worker was there to plan it, and is gone when it is granted", async () => {
    await desk.presence.serve(["demo"], 30_000);
    const { id } = await desk.asksAndProves(alice, restartIn("prod"));
    desk.clock.pass(30_000);
    const granted = inState(accepted(await desk.lifecycle.approve(id, bob, responseAt("bob", 1))), "granted");
    assert.equal(granted.heldUp?.why, why);
    assert.equal(inState(await desk.asks(alice, readPods), "granted").heldUp?.why, why);
  });

  it("says nothing while a worker holds it, and nothing over what a worker said", async () => {
    await desk.presence.serve(["demo"], 30_000);
    const read = await desk.asks(alice, readPods);
    desk.presence.leave("demo");
    const claim = { worker: "w", fence: 1, leaseUntil: desk.clock.now() + 30_000 };
    await desk.mover.move(read.id, () => ({ event: { type: "claimed", claim } }));
    await desk.lifecycle.advance(read.id);
    assert.equal(inState(await desk.now(read), "granted").heldUp, undefined);
    const away = "the cluster demo does not answer";
    await desk.mover.move(read.id, () => ({ event: { type: "held-up", fence: 1, why: away } }));
    desk.clock.pass(60_000);
    await desk.lifecycle.advance(read.id);
    assert.equal(inState(await desk.now(read), "granted").heldUp?.why, away);
  });

  it("holds up no request of another cluster", async () => {
    await desk.presence.serve(["other"], 30_000);
    const request = await desk.asks(alice, { ...restartIn("prod"), cluster: "other" });
    assert.equal(inState(request, "planning").heldUp, undefined);
  });
});
