import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import { isRefusal, type Refusal } from "../../src/operation/refusal.ts";
import { createBrake } from "../../src/request/brake.ts";
import { responseAt } from "../fakes/authenticator.ts";
import { alice, bob, carol } from "../request/desk.ts";
import { inState } from "../request/samples.ts";
import { openBench, restart, scaleTo, type TestBench } from "./bench.ts";

describe("a worker on a frozen cluster", function () {
  this.timeout(20_000);
  let bench: TestBench;
  beforeEach(async () => {
    bench = await openBench();
  });
  afterEach(() => bench.close());
  const said = <T>(answer: T | Refusal): T => (isRefusal(answer) ? assert.fail(answer.says) : answer);
  const brake = () => createBrake(bench.desk, bench.desk.records.freezes);
  const lift = async (freeze: { readonly id: string }) => {
    for (const person of [bob, carol])
      said(await brake().unfreeze(person, { freeze: freeze.id, why: "ok", response: responseAt(person.sub, 80) }));
  };
  const frozen = async () => said(await brake().freeze(alice, "demo", "a bad deploy"));

  it("begins nothing, says why, holds no claim, and goes on when two people have lifted it", async () => {
    const request = await bench.granted(restart);
    const freeze = await frozen();
    for (let i = 0; i < 3; i++) await work(bench.worker("one"), request.id);
    const waits = inState(await bench.now(request), "granted");
    assert.equal(waits.heldUp?.why, "the cluster demo is frozen by alice: a bad deploy");
    assert.equal(waits.claim, undefined);
    assert.deepEqual(bench.effects(), []);
    await lift(freeze);
    bench.desk.clock.pass(1);
    assert.deepEqual(await bench.desk.store.waiting("worker:demo", 1_000, 10), [request.id]);
    await work(bench.worker("one"), request.id);
    inState(await bench.now(request), "succeeded");
    assert.equal(bench.effects().length, 1);
  });

  it("begins nothing when it was frozen after the claim, at the very last step before the intent", async () => {
    const request = await bench.granted(scaleTo(5));
    const { store } = bench.desk;
    const late = {
      ...store,
      async keep(step: Parameters<typeof store.keep>[0]) {
        if (step.event.kind === "execution.intent") await frozen();
        return store.keep(step);
      },
    };
    await work(bench.worker("one", { store: late }), request.id);
    const waits = inState(await bench.now(request), "granted");
    assert.match(waits.heldUp?.why ?? "", /is frozen by alice/);
    assert.ok((waits.claim?.leaseUntil ?? 0) <= bench.desk.clock.now(), "the claim was given back");
    assert.deepEqual(bench.effects(), []);
  });

  it("lets what waited lapse when its grant has run out meanwhile", async () => {
    const request = await bench.granted(restart);
    const freeze = await frozen();
    await work(bench.worker("one"), request.id);
    bench.desk.clock.pass(300_001);
    await lift(freeze);
    await work(bench.worker("one"), request.id);
    await bench.desk.lifecycle.lapse(request.id);
    inState(await bench.now(request), "expired");
    assert.deepEqual(bench.effects(), []);
  });
});
