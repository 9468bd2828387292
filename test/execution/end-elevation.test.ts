import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import type { Elevation } from "../../src/request/elevated.ts";
import type { Request } from "../../src/request/request.ts";
import { accepted, alice, dora, erin, refusalOf } from "../request/desk.ts";
import { openBench, type TestBench } from "./bench.ts";
import { deeds, elevated, elevateTo, standing } from "./elevated.ts";

const halfAnHour = 1_800_000;

describe("the end of an elevation", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench({ deadlineMs: 500 });
  });
  afterEach(() => test.close());

  const elevationOf = (request: Request): Elevation => {
    assert.ok("elevation" in request && request.elevation, JSON.stringify(request));
    return request.elevation;
  };
  const look = async (id: string, worker = "later") => {
    await work(test.worker(worker), id);
    return elevationOf(await test.now({ id }));
  };
  const last = () => test.desk.records.trail.events.at(-1);
  const revoke = (id: string) =>
    test.desk.mover.move(id, () => ({ event: { type: "revoked", subject: "alice", why: "done" } }));

  it("comes on time and not before, by an account that can make none", async () => {
    const { id } = await elevated(test);
    test.desk.clock.pass(halfAnHour - 1);
    assert.equal((await look(id)).ended, undefined);
    assert.equal((await standing(test)).length, 1);
    test.desk.clock.pass(1);
    const { ended } = await look(id);
    assert.equal(ended?.how, "on-time");
    assert.equal(ended.apiAuditIds.length, 1);
    assert.deepEqual(await standing(test), []);
    assert.deepEqual(deeds(test), ["create countersign-elevate", "delete countersign-elevation-end"]);
    assert.deepEqual(last(), {
      kind: "elevation.ended",
      request: id,
      how: "on-time",
      apiAuditIds: ended.apiAuditIds.join(),
    });
  });

  it("is the next turn of the cluster's workers, so that the sweep finds it by the store's clock", async () => {
    const { id } = await elevated(test);
    const due = async () => (await test.desk.store.waiting("worker:demo", 0, 10)).includes(id);
    test.desk.clock.pass(halfAnHour - 1);
    assert.equal(await due(), false);
    test.desk.clock.pass(1);
    assert.equal(await due(), true);
    await look(id);
    test.desk.clock.pass(halfAnHour);
    assert.equal(await due(), false);
  });

  it("comes at once when it is revoked", async () => {
    const { id } = await elevated(test);
    await revoke(id);
    assert.ok(isRefusal(await revoke(id)), "once");
    const { ended, revoked } = await look(id);
    assert.deepEqual([ended?.how, revoked?.by, revoked?.why], ["revoked", "alice", "done"]);
    assert.deepEqual(await standing(test), []);
  });

  for (const [who, subject] of [
    ["its holder", alice],
    ["somebody who may approve it", dora],
  ] as const)
    it(`may be asked for by ${who}, with a reason, once`, async () => {
      const { id } = await elevated(test);
      accepted(await test.desk.lifecycle.revoke(id, subject, "the incident is over"));
      assert.equal(last()?.kind, "elevation.revoked");
      assert.equal(refusalOf(await test.desk.lifecycle.revoke(id, subject, "")), "not-in-this-state");
      assert.equal((await look(id)).ended?.how, "revoked");
      assert.equal(refusalOf(await test.desk.lifecycle.revoke(id, subject, "")), "not-in-this-state");
    });

  it("may be asked for by nobody else, and of nothing else", async () => {
    const { id } = await elevated(test);
    assert.equal(refusalOf(await test.desk.lifecycle.revoke(id, erin, "")), "not-yours");
    assert.equal((await standing(test)).length, 1);
    const other = await test.desk.asks(alice, elevateTo("view"));
    assert.equal(refusalOf(await test.desk.lifecycle.revoke(other.id, alice, "")), "not-in-this-state");
    assert.equal(refusalOf(await test.desk.lifecycle.revoke("r-0000000000", alice, "")), "no-such-request");
  });

  it("comes once, however many workers look", async () => {
    const { id } = await elevated(test);
    test.desk.clock.pass(halfAnHour);
    await Promise.all(["one", "two", "three"].map((worker) => look(id, worker)));
    const ends = test.desk.records.trail.events.filter(({ kind }) => kind === "elevation.ended");
    assert.equal(ends.length, 1);
    assert.equal(deeds(test).length, 2);
  });

  it("says that somebody else took it away, where it is gone when its time comes", async () => {
    const { id } = await elevated(test);
    for (const name of await standing(test))
      await test.admin.remove(`/apis/rbac.authorization.k8s.io/v1/namespaces/prod/rolebindings/${name}`);
    test.desk.clock.pass(halfAnHour);
    assert.equal((await look(id)).ended?.how, "gone");
  });

  it("is tried until the cluster answers, and what keeps it is said once", async () => {
    const { id } = await elevated(test);
    test.desk.clock.pass(halfAnHour);
    test.double.faults.drop("before-effect", /rolebindings|token/, 3);
    for (const _ of [1, 2, 3]) assert.equal((await look(id)).overdue?.why, "the cluster demo does not answer");
    assert.equal((await standing(test)).length, 1);
    const said = test.desk.records.trail.events.filter(({ kind }) => kind === "elevation.held-up");
    assert.equal(said.length, 1);
    const { ended, overdue } = await look(id);
    assert.deepEqual([ended?.how, overdue], ["on-time", undefined]);
  });

  it("is looked for where the answer to the removal was lost", async () => {
    const { id } = await elevated(test);
    test.desk.clock.pass(halfAnHour);
    test.double.faults.drop("after-effect", /rolebindings\/countersign-elevation-[^?]*(\?|$)/, 2);
    await look(id);
    await look(id);
    assert.notEqual((await look(id)).ended, undefined);
    assert.deepEqual(await standing(test), []);
  });

  it("says what the cluster says, where the account may not end it", async () => {
    const { id } = await elevated(test);
    const role = "/apis/rbac.authorization.k8s.io/v1/namespaces/prod/roles/countersign-elevation-end";
    await test.admin.remove(role);
    test.desk.clock.pass(halfAnHour);
    assert.match((await look(id)).overdue?.why ?? "", /^the cluster demo does not let it end: .*forbidden/);
  });

  it("also comes to one of which nobody could tell whether it was made", async () => {
    const request = await test.granted(elevateTo("view"));
    test.double.faults.drop("before-effect", /\/rolebindings\?(?!.*dryRun)/);
    await work(test.worker("first"), request.id);
    assert.equal((await test.now(request)).state, "unknown");
    test.desk.clock.pass(halfAnHour);
    assert.equal((await look(request.id)).ended?.how, "gone");
  });

  it("is missed aloud by the web side, where no worker is there to end it", async () => {
    const { id } = await elevated(test);
    test.desk.clock.pass(halfAnHour + 30_001);
    assert.ok((await test.desk.store.overdue(10)).includes(id));
    await test.desk.lifecycle.lapse(id);
    assert.equal(elevationOf(await test.now({ id })).overdue, undefined);
    test.desk.presence.leave("demo");
    await test.desk.lifecycle.lapse(id);
    await test.desk.lifecycle.lapse(id);
    assert.match(elevationOf(await test.now({ id })).overdue?.why ?? "", /no worker for the cluster demo/);
  });
});
