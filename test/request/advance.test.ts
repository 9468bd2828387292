import assert from "node:assert/strict";
import type { Policy } from "../../src/policy/policy.ts";
import { advance, lapse } from "../../src/request/advance.ts";
import { approve } from "../../src/request/approve.ts";
import type { Request } from "../../src/request/request.ts";
import { responseAt } from "../fakes/authenticator.ts";
import { meddledStore } from "../fakes/meddled-store.ts";
import { labPolicy } from "../fakes/policy.ts";
import {
  accepted,
  alice,
  bob,
  carol,
  lifetimes,
  openDesk,
  raised,
  readPods,
  restartIn,
  type TestDesk,
} from "./desk.ts";
import { inState, requestEnd } from "./samples.ts";

describe("advance", () => {
  let desk: TestDesk;
  beforeEach(() => {
    desk = openDesk();
  });

  describe("on a plan", () => {
    it("grants a routine read at once, with nothing asked of anybody", async () => {
      const { grant, decision } = inState(await desk.asks(alice, readPods), "granted");
      assert.deepEqual([decision.tier, grant.grant.approvers], ["routine", []]);
    });

    it("asks for presence, as long as the challenge may stand", async () => {
      const request = inState(await desk.plans(await desk.asks(alice, restartIn("prod"))), "awaiting-challenge");
      assert.equal(request.challenge.expiresAt, desk.clock.now() + lifetimes.challenge);
      assert.equal(request.decision.tier, "privileged");
    });

    it("decides anew with what the plan says", async () => {
      const rule = { name: "payments team", labels: { team: ["payments"] }, tier: "critical" };
      desk.policy.replace({ ...labPolicy, raise: [rule] });
      const facts = { replicas: 3, labels: { team: "payments" } };
      const raisedByLabel = await desk.plans(await desk.asks(alice, restartIn("staging")), { facts });
      assert.equal(inState(raisedByLabel, "awaiting-challenge").decision.tier, "critical");
      desk.policy.replace({ ...labPolicy, raise: [{ ...rule, tier: "forbidden" }] });
      const refused = await desk.plans(await desk.asks(alice, restartIn("staging")), { facts });
      assert.equal(inState(refused, "denied").ended.by, "payments team");
    });

    it("ends a request whose requester is nobody by now", async () => {
      const request = await desk.asks(alice, restartIn("prod"));
      desk.directory.remove("alice");
      assert.equal(inState(await desk.plans(request), "denied").ended.by, "directory");
    });
  });

  describe("with an earlier proof", () => {
    const minute = 60_000;
    beforeEach(async () => {
      desk.tier("guarded", { stepUp: { within: 15 * minute } });
      await desk.asksAndProves(alice, restartIn("staging"));
    });
    const next = async (subject = alice) => desk.plans(await desk.asks(subject, restartIn("staging")));

    it("asks for no other within the window, and says where it came from", async () => {
      desk.clock.pass(15 * minute);
      const request = inState(await next(), "granted");
      assert.notEqual(request.proof?.request, request.id);
      assert.notEqual(request.proof?.digest, request.digest);
    });

    it("asks again after the window, which no use extends", async () => {
      for (let i = 0; i < 3; i++) {
        desk.clock.pass(5 * minute);
        assert.equal((await next()).state, "granted");
      }
      desk.clock.pass(1);
      assert.equal((await next()).state, "awaiting-challenge");
    });

    it("asks another person", async () => {
      assert.equal((await next(bob)).state, "awaiting-challenge");
    });

    it("asks again where the tier wants proof for this very request", async () => {
      const request = await desk.plans(await desk.asks(alice, restartIn("prod")));
      assert.equal(request.state, "awaiting-challenge");
    });
  });

  describe("with the quorum reached", () => {
    let request: Request;
    beforeEach(async () => {
      request = await desk.asksAndProves(alice, restartIn("payments"));
      for (const subject of [bob, carol])
        accepted(await approve(desk, request.id, subject, responseAt(subject.sub, 3)));
    });
    const advanced = async () => {
      await advance(desk, request.id);
      return desk.now(request);
    };

    it("signs a grant for this plan, these people and a short time", async () => {
      const { grant: signed, digest, approvals } = inState(await advanced(), "granted");
      assert.ok(desk.verifier.verify(signed));
      const now = desk.clock.now();
      assert.equal(approvals.length, 2);
      assert.deepEqual(signed.grant, {
        v: "countersign.grant.v1",
        request: request.id,
        digest,
        cluster: "demo",
        requester: "alice",
        approvers: ["bob", "carol"],
        tier: "critical",
        policy: labPolicy.revision,
        channel: "C1",
        grantedAt: now,
        notAfter: now + lifetimes.execution,
      });
    });

    const changes: readonly (readonly [string, string, () => void])[] = [
      ["the requester is gone", "directory", () => desk.directory.remove("alice")],
      ["an approver is gone", "quorum", () => desk.directory.remove("bob")],
      ["an approver left the group", "quorum", () => desk.directory.put({ sub: "bob", groups: ["engineering"] })],
      ["the requester lost the permit", "no permit", () => desk.directory.put({ sub: "alice", groups: [] })],
      ["the policy says no", "freeze", () => desk.policy.replace(raised("forbidden"))],
      ["the tier is gone", "policy changed", () => desk.policy.replace(without("critical"))],
      [
        "the tier asks for more people",
        "quorum",
        () => desk.tier("critical", { stepUp: {}, approvals: { count: 3, from: ["sre"] } }),
      ],
      [
        "the tier asks for people of another group",
        "quorum",
        () => desk.tier("critical", { stepUp: {}, approvals: { count: 2, from: ["security"] } }),
      ],
    ];
    for (const [what, by, change] of changes)
      it(`signs nothing when ${what}`, async () => {
        change();
        const { ended } = inState(await advanced(), "denied");
        assert.deepEqual([ended.by, ended.was], [by, "awaiting-approval"]);
        assert.ok(desk.records.trail.events.every(({ kind }) => kind !== "grant.signed"));
      });

    it("signs for the tier that was approved where a lower one would do by now", async () => {
      desk.policy.replace({ ...labPolicy, raise: [] });
      assert.equal(inState(await advanced(), "granted").grant.grant.tier, "critical");
    });

    it("signs nothing once the request has lapsed, also on the way", async () => {
      const slow = desk.over(meddledStore(desk.store, async () => desk.clock.pass(requestEnd)));
      await advance(slow, request.id);
      assert.equal((await desk.now(request)).state, "awaiting-approval");
      assert.equal((await advanced()).state, "awaiting-approval");
    });

    it("signs one grant, however many processes advance at once", async () => {
      await Promise.all(Array.from({ length: 6 }, () => advance(desk, request.id)));
      assert.equal(desk.records.trail.events.filter(({ kind }) => kind === "grant.signed").length, 1);
    });
  });

  it("signs nothing when the tier was raised between approval and grant", async () => {
    const request = await desk.asksAndProves(alice, restartIn("prod"));
    accepted(await approve(desk, request.id, bob, responseAt("bob", 3)));
    desk.policy.replace(raised("critical"));
    await advance(desk, request.id);
    const { ended } = inState(await desk.now(request), "denied");
    assert.equal(ended.why, "this is critical now and was asked for as privileged");
  });

  it("asks for a proof that a tier began to ask for after the request was decided", async () => {
    desk.tier("guarded", { approvals: { count: 1, from: ["sre"] } });
    const request = await desk.plans(await desk.asks(alice, restartIn("staging")));
    accepted(await approve(desk, request.id, bob, undefined));
    desk.tier("guarded", { stepUp: {}, approvals: { count: 1, from: ["sre"] } });
    await advance(desk, request.id);
    assert.equal(inState(await desk.now(request), "denied").ended.by, "evidence");
  });

  it("does nothing while it is somebody else's turn", async () => {
    const stages = [await desk.asks(alice, restartIn("prod")), await desk.asksAndProves(alice, restartIn("prod"))];
    for (const request of stages) {
      const before = desk.records.trail.events.length;
      await advance(desk, request.id);
      assert.deepEqual([await desk.now(request), desk.records.trail.events.length], [request, before]);
    }
    await advance(desk, "r-nobody");
  });

  describe("lapse", () => {
    it("comes after the deadline, not at it", async () => {
      const request = await desk.plans(await desk.asks(alice, restartIn("prod")));
      desk.clock.pass(lifetimes.challenge);
      await lapse(desk, request.id);
      assert.equal((await desk.now(request)).state, "awaiting-challenge");
      desk.clock.pass(1);
      await lapse(desk, request.id);
      assert.equal(inState(await desk.now(request), "expired").ended.why, "nobody proved presence in time");
    });

    it("comes for a grant that no worker began, and never for one that runs or is over", async () => {
      const begun = await desk.asks(alice, readPods);
      const idle = await desk.asks(alice, readPods);
      const leaseUntil = desk.clock.now() + 30_000;
      const claim = { worker: "w", fence: 1, leaseUntil };
      accepted(await desk.mover.move(begun.id, () => ({ event: { type: "claimed", claim } })));
      const intended = { type: "intended", fence: 1, intent: { step: 0, resourceVersion: "1" }, leaseUntil } as const;
      accepted(await desk.mover.move(begun.id, () => ({ event: intended })));
      desk.clock.pass(lifetimes.execution + 1);
      for (const { id } of [begun, idle]) await lapse(desk, id);
      assert.deepEqual([(await desk.now(begun)).state, (await desk.now(idle)).state], ["executing", "expired"]);
      await lapse(desk, idle.id);
      assert.equal(desk.records.trail.events.filter(({ kind }) => kind === "request.expired").length, 1);
    });
  });
});

/** The lab's policy without that tier, and what led there. */
function without(tier: string): Policy {
  const { tiers, raise } = labPolicy;
  return {
    ...labPolicy,
    tiers: tiers.filter(({ name }) => name !== tier),
    raise: raise.filter((one) => one.tier !== tier),
  };
}
