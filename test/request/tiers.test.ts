import assert from "node:assert/strict";
import type { Requirements } from "../../src/policy/policy.ts";
import type { Request } from "../../src/request/request.ts";
import { responseAt } from "../fakes/authenticator.ts";
import {
  accepted,
  alice,
  bob,
  carol,
  dora,
  erin,
  lifetimes,
  openDesk,
  refusalOf,
  restartIn,
  type TestDesk,
} from "./desk.ts";
import { inState } from "./samples.ts";

const security = { ...erin, groups: ["security"] };
const staged: Requirements = {
  stepUp: {},
  approvals: { count: 1, from: ["sre"], next: [{ count: 1, from: ["security", "sre"], stepUp: {} }] },
};
const minute = 60_000;

describe("what a tier asks for", () => {
  let desk: TestDesk;
  let timeStep = 0;
  beforeEach(() => {
    desk = openDesk();
    desk.directory.put(security);
  });
  const asked = async (requirements: Requirements): Promise<Request> => {
    desk.tier("privileged", requirements);
    const request = await desk.plans(await desk.asks(alice, restartIn("prod")));
    if (requirements.stepUp) accepted(await desk.lifecycle.prove(request.id, alice, responseAt("alice", ++timeStep)));
    return desk.now(request);
  };

  describe("in stages", () => {
    it("opens a stage when the one before is full, each with its own proof, and grants when the last is", async () => {
      const { id } = await asked(staged);
      const approves = (subject = bob, timeStep?: number) =>
        desk.lifecycle.approve(id, subject, timeStep === undefined ? undefined : responseAt(subject.sub, timeStep));
      assert.equal(refusalOf(await approves(security)), "not-an-approver");
      inState(accepted(await approves(bob)), "awaiting-approval");
      assert.equal(refusalOf(await approves(bob, 3)), "already-approved");
      assert.equal(refusalOf(await approves(security)), "proof-needed");
      const { grant } = inState(accepted(await approves(security, 3)), "granted").grant;
      assert.deepEqual(grant.approvers, ["bob", "erin"]);
    });

    it("offers an approver the ways to prove presence that count in the stage that is open", async () => {
      const next = [{ count: 1, from: ["sre"], stepUp: { by: ["passkey"] } }] as const;
      const request = await asked({ approvals: { count: 1, from: ["sre"], stepUp: {}, next } });
      const standing = async () => desk.lifecycle.standing(await desk.now(request), carol, desk.clock.now());
      assert.deepEqual(await standing(), { may: true, ways: ["totp"] });
      accepted(await desk.lifecycle.approve(request.id, bob, responseAt("bob", 3)));
      const then = await standing();
      assert.equal(then.may ? undefined : then.refusal.refused, "not-enrolled");
    });

    it("lets one of two who come at once into a stage that takes one", async () => {
      const { id } = await asked({
        ...staged,
        approvals: { count: 1, from: ["sre"], next: [{ count: 1, from: ["security"] }] },
      });
      const answers = await Promise.all([carol, dora].map((subject) => desk.lifecycle.approve(id, subject, undefined)));
      assert.deepEqual(answers.map(refusalOf).sort(), ["not-an-approver", undefined]);
      inState(await desk.now({ id }), "awaiting-approval");
    });

    it("grants nothing where an approver of the first stage has left its group since", async () => {
      const { id } = await asked({
        ...staged,
        approvals: { count: 1, from: ["sre"], next: [{ count: 1, from: ["security"] }] },
      });
      accepted(await desk.lifecycle.approve(id, bob, undefined));
      desk.directory.put({ ...bob, groups: [] });
      accepted(await desk.lifecycle.approve(id, security, undefined));
      assert.equal(inState(await desk.now({ id }), "denied").ended.by, "quorum");
    });
  });

  describe("of a reason", () => {
    const rule: Requirements = { stepUp: {}, reason: { minLength: 10, tickets: ["OPS"] } };

    it("is said at once where the tier is known before the plan", async () => {
      desk.tier("privileged", rule);
      const origin = { team: "T1", channel: "C1", user: "U1" };
      const ask = (reason: string) =>
        desk.lifecycle.ask({ subject: alice, origin, operation: restartIn("prod"), reason });
      assert.equal(refusalOf(await ask("5xx since the deploy")), "bad-arguments");
      assert.equal(refusalOf(await ask("OPS-1")), "bad-arguments");
      assert.equal(refusalOf(await ask("OPS-12: 5xx since the deploy")), undefined);
    });

    it("ends the request where the tier is known by its plan alone, or asks for more by then", async () => {
      const request = await desk.asks(alice, restartIn("prod"), "5xx since the deploy");
      desk.tier("privileged", rule);
      const { ended } = inState(await desk.plans(request), "denied");
      assert.deepEqual([ended.by, ended.why], ["reason", "the reason names no ticket, such as OPS-123"]);
      const later = await asked({ stepUp: {}, approvals: { count: 1, from: ["sre"] } });
      desk.tier("privileged", { ...rule, approvals: { count: 1, from: ["sre"] } });
      await desk.lifecycle.approve(later.id, bob, undefined);
      assert.equal(inState(await desk.now(later), "denied").ended.by, "reason");
    });
  });

  describe("of time", () => {
    it("lets a request lapse when the tier's time to the grant is over, before the house's", async () => {
      const request = await asked({ stepUp: {}, approvals: { count: 1, from: ["sre"] }, expires: 10 * minute });
      desk.clock.pass(10 * minute);
      await desk.lifecycle.lapse(request.id);
      inState(await desk.now(request), "awaiting-approval");
      desk.clock.pass(1);
      assert.equal(refusalOf(await desk.lifecycle.approve(request.id, bob, undefined)), "too-late");
      await desk.lifecycle.lapse(request.id);
      inState(await desk.now(request), "expired");
    });

    it("never lets it live longer than the house does", async () => {
      const request = await asked({ stepUp: {}, approvals: { count: 1, from: ["sre"] }, expires: 600 * minute });
      desk.clock.pass(lifetimes.request + 1);
      await desk.lifecycle.lapse(request.id);
      inState(await desk.now(request), "expired");
    });

    it("gives a grant no longer than the tier's window, nor than the house's", async () => {
      for (const [window, lasts] of [
        [minute, minute],
        [600 * minute, lifetimes.execution],
      ] as const) {
        const request = await asked({ approvals: { count: 1, from: ["sre"] }, window });
        const { grant } = inState(accepted(await desk.lifecycle.approve(request.id, bob, undefined)), "granted").grant;
        assert.equal(grant.notAfter - grant.grantedAt, lasts);
      }
    });
  });

  it("is put beside who could approve it by the directory of that moment, who asks left out", async () => {
    const request = await asked(staged);
    assert.ok("approvers" in request);
    assert.deepEqual(request.approvers, [
      ["bob", "carol", "dora"],
      ["bob", "carol", "dora", "erin"],
    ]);
    desk.tier("guarded", { stepUp: {} });
    const alone = await desk.plans(await desk.asks(alice, restartIn("staging")));
    assert.ok(!("approvers" in alone));
  });
});
