import assert from "node:assert/strict";
import { triesPerChallenge } from "../../src/challenge/challenge.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import { deadlineOf } from "../../src/request/ending.ts";
import type { RequestEvent } from "../../src/request/event.ts";
import { mostLooks, type Request } from "../../src/request/request.ts";
import { transition } from "../../src/request/transition.ts";
import {
  allowed,
  asked,
  digest,
  events,
  happen,
  inState,
  leaseEnd,
  live,
  plan,
  requestEnd,
  soon,
  stages,
  undoEnd,
} from "./samples.ts";

describe("transition, rule by rule", () => {
  describe("planning", () => {
    it("takes one plan, and no second one", () => {
      assert.equal(code(stages.planned, events.planned), "not-in-this-state");
      assert.equal(code(stages.planned, events.unplannable), "not-in-this-state");
    });

    it("decides on nothing before there is a plan", () => {
      assert.equal(code(asked, events.decided), "not-in-this-state");
    });

    it("is too late once the request has lapsed", () => {
      assert.equal(code(asked, events.planned, requestEnd + 1), "too-late");
      assert.equal(code(stages.planned, events.decided, requestEnd + 1), "too-late");
      assert.equal(happen(asked, events.planned, requestEnd).state, "planning");
    });

    it("asks for a challenge on this digest, of the requester, no longer than the request lives", () => {
      const late = { ...events.decided, challengeExpiresAt: requestEnd + 60_000 };
      const { challenge } = inState(live(stages.planned, late), "awaiting-challenge");
      assert.deepEqual(challenge, { digest, subject: "alice", expiresAt: requestEnd, triesLeft: triesPerChallenge });
    });

    it("opens no challenge that would be over already", () => {
      assert.equal(code(stages.planned, { ...events.decided, challengeExpiresAt: soon }), "not-in-this-state");
    });

    it("skips the challenge when none is asked for, or a proof comes with the decision", () => {
      assert.equal(inState(live(stages.planned, events.decidedRoutine), "awaiting-approval").proof, undefined);
      const { proof } = inState(live(stages.planned, events.decidedWithProof), "awaiting-approval");
      assert.equal(proof?.subject, "alice");
    });
  });

  describe("the challenge", () => {
    it("takes no proof of another person or for another plan", () => {
      assert.equal(code(stages.challenged, events.provedByAnother), "not-yours");
      assert.equal(code(stages.challenged, events.provedForAnother), "not-yours");
    });

    it("is over after its last millisecond", () => {
      assert.equal(happen(stages.challenged, events.proved, leaseEnd).state, "awaiting-approval");
      assert.equal(code(stages.challenged, events.proved, leaseEnd + 1), "too-late");
    });

    it("ends with the requester's own no, and with nobody else's", () => {
      const { ended } = inState(live(stages.challenged, events.declined), "denied");
      assert.deepEqual([ended.by, ended.why], ["alice", "declined on the phone"]);
      assert.equal(code(stages.challenged, events.denied), "not-in-this-state");
    });

    it("counts wrong codes, and ends with the fifth", () => {
      let request: Request = stages.challenged;
      const left: number[] = [];
      for (let i = 1; i < triesPerChallenge; i++) {
        request = live(request, events.proofFailed);
        left.push(inState(request, "awaiting-challenge").challenge.triesLeft);
      }
      assert.deepEqual(left, [4, 3, 2, 1]);
      const { ended } = inState(live(request, events.proofFailed), "denied");
      assert.deepEqual(
        [ended.by, ended.why, ended.was],
        ["the challenge", "5 wrong codes in a row", "awaiting-challenge"],
      );
    });
  });

  describe("approvals", () => {
    it("are refused for another plan, of the requester, and twice of one person", () => {
      assert.equal(code(stages.proved, events.approvedOther), "plan-changed");
      assert.equal(code(stages.proved, events.approvedByAlice), "own-request");
      assert.equal(code(stages.approvedOnce, events.approvedByBob), "already-approved");
    });

    it("are too late once the request has lapsed", () => {
      assert.equal(happen(stages.proved, events.approvedByBob, requestEnd).state, "awaiting-approval");
      assert.equal(code(stages.proved, events.approvedByBob, requestEnd + 1), "too-late");
    });

    it("must make the quorum before anything is granted", () => {
      assert.equal(code(stages.proved, events.granted), "not-in-this-state");
      assert.equal(code(stages.approvedOnce, events.granted), "not-in-this-state");
      assert.equal(live(stages.approved, events.granted).state, "granted");
      assert.equal(code(stages.approved, events.granted, requestEnd + 1), "too-late");
    });

    it("need not be any where none is asked for", () => {
      assert.equal(live(stages.routine, events.granted).state, "granted");
    });

    it("count wrong codes for each person, and forget them in the grant", () => {
      const failed = (subject: string): RequestEvent => ({ type: "proof-failed", subject });
      const request = live(stages.approved, failed("bob"), failed("carol"), failed("bob"));
      assert.deepEqual(inState(request, "awaiting-approval").wrongCodes, { bob: 2, carol: 1 });
      assert.ok(!("wrongCodes" in live(request, events.granted)));
    });
  });

  describe("lapsing", () => {
    const lapses: readonly (readonly [Request, number, string])[] = [
      [stages.asked, requestEnd, "it could not be planned in time"],
      [stages.challenged, leaseEnd, "nobody proved presence in time"],
      [stages.approvedOnce, requestEnd, "not enough people approved in time"],
      [stages.granted, leaseEnd, "no worker began in time"],
      [stages.away, requestEnd, "it could not be planned in time: the cluster demo does not answer"],
      [stages.busy, leaseEnd, "it could not begin in time: r-other acts on Deployment prod/api now"],
    ];
    for (const [request, deadline, why] of lapses)
      it(`comes to a request that is ${request.state} after its deadline, not at it: ${why}`, () => {
        assert.equal(deadlineOf(request as Parameters<typeof deadlineOf>[0]), deadline);
        assert.equal(code(request, events.expired, deadline), "not-in-this-state");
        const { ended } = inState(happen(request, events.expired, deadline + 1), "expired");
        assert.deepEqual(ended, { at: deadline + 1, by: "the clock", why, was: request.state });
      });

    it("ends a challenge with the request, where that is sooner", () => {
      const brief = { ...asked, plan, digest, expiresAt: leaseEnd - 1, decision: allowed() };
      const challenge = { digest, subject: "alice", expiresAt: leaseEnd, triesLeft: 5 };
      assert.equal(deadlineOf({ ...brief, state: "awaiting-challenge", challenge }), leaseEnd - 1);
    });
  });

  describe("claims", () => {
    it("wait for the lease of another worker to be over", () => {
      for (const request of [stages.claimed, stages.executing]) {
        assert.equal(code(request, events.claimedNext, leaseEnd - 1), "lease-lost");
        assert.equal(claimOf(happen(request, events.claimedNext, leaseEnd)).fence, 2);
      }
    });

    it("take the next fence, never the same or a later one", () => {
      const claimWith = (fence: number): RequestEvent => ({
        ...events.claimed,
        claim: { ...events.claimed.claim, fence },
      });
      assert.deepEqual(
        [0, 2].map((fence) => code(stages.granted, claimWith(fence))),
        ["lease-lost", "lease-lost"],
      );
      for (const request of [stages.claimed, stages.executing])
        assert.deepEqual(
          [0, 1, 3].map((fence) => code(request, claimWith(fence), leaseEnd)),
          ["lease-lost", "lease-lost", "lease-lost"],
        );
    });

    it("come too late when the grant is over, but take over what has begun at any time", () => {
      assert.equal(code(stages.granted, events.claimed, leaseEnd + 1), "too-late");
      assert.equal(happen(stages.executing, events.claimedNext, requestEnd + 1).state, "executing");
    });
  });

  describe("what is held up", () => {
    const heldUpIn = (request: Request) => {
      assert.ok("heldUp" in request && request.heldUp);
      return request.heldUp;
    };

    it("says why and since when, as long as the reason stands", () => {
      const later = soon + 5_000;
      for (const [request, event] of [
        [stages.away, events.away],
        [stages.unserved, events.away],
      ] as const) {
        assert.deepEqual(heldUpIn(request), { since: soon, why: event.why, next: soon + 2_000 });
        assert.equal(heldUpIn(happen(request, event, later)).since, soon);
        const other = heldUpIn(happen(request, { ...event, why: "something else" }, later));
        assert.deepEqual(other, { since: later, why: "something else", next: later + 2_000 });
      }
    });

    it("is tried again after two seconds, then ever more seldom, and at least each half minute", () => {
      const pauseAfter = (ms: number) => {
        const now = soon + ms;
        return heldUpIn(happen(stages.away, events.away, now)).next - now;
      };
      assert.deepEqual(
        [0, 1_000, 2_000, 7_000, 30_000, 600_000].map(pauseAfter),
        [2_000, 2_000, 2_000, 7_000, 30_000, 30_000],
      );
    });

    it("is not a request that is planned or begun: going on takes it away", () => {
      assert.ok(!("heldUp" in live(stages.away, events.planned)));
      const again = happen(stages.busy, events.claimedNext);
      assert.equal(heldUpIn(again).why, events.busy.why);
      assert.ok(!("heldUp" in happen(again, { ...events.intended, fence: 2 })));
      assert.ok(!("heldUp" in happen(again, { ...events.answered, fence: 2 })));
      assert.ok(!("heldUp" in happen(again, { ...events.conflicted, fence: 2 })));
    });

    it("has its claim given back, for whoever comes next", () => {
      assert.deepEqual(claimOf(stages.busy), { worker: "first", fence: 1, leaseUntil: soon });
      assert.equal(claimOf(happen(stages.busy, events.claimedNext)).fence, 2);
    });

    it("is not taken from the worker that holds it by one that does not", () => {
      assert.equal(code(stages.claimed, events.away), "lease-lost");
      assert.equal(code(stages.claimed, { ...events.busy, fence: 2 }), "lease-lost");
      assert.equal(code(stages.claimed, events.busy, leaseEnd + 1), "too-late");
      assert.equal(code(stages.claimedAgain, events.busy), "lease-lost");
      assert.equal(code(stages.granted, events.busy), "lease-lost");
    });

    it("is too late when the request or the grant is over", () => {
      assert.equal(code(stages.asked, events.away, requestEnd + 1), "too-late");
      assert.equal(code(stages.granted, events.away, leaseEnd + 1), "too-late");
    });
  });

  describe("a worker", () => {
    const steps = [events.grantRefused, events.conflicted, events.intended, events.answered] as const;

    it("does nothing that it has no claim for", () => {
      for (const event of steps) assert.equal(code(stages.granted, event), "lease-lost", event.type);
    });

    it("does nothing under a fence that was overtaken", () => {
      for (const event of steps) assert.equal(code(stages.claimedAgain, event), "lease-lost", event.type);
      for (const event of [events.intended, events.progressed, events.succeeded])
        assert.equal(code(stages.executingAgain, event), "lease-lost", event.type);
    });

    it("does nothing after its lease, but tell how it ended when nobody took over", () => {
      for (const event of steps) assert.equal(code(stages.claimed, event, leaseEnd + 1), "lease-lost", event.type);
      for (const event of [events.intended, events.progressed])
        assert.equal(code(stages.executing, event, leaseEnd + 1), "lease-lost", event.type);
      assert.equal(happen(stages.executing, events.succeeded, leaseEnd + 1).state, "succeeded");
    });

    it("begins nothing after the grant is over, though its lease goes on", () => {
      const claim = { worker: "first", fence: 1, leaseUntil: requestEnd };
      const request = live(stages.granted, { type: "claimed", claim });
      assert.equal(happen(request, events.intended, leaseEnd).state, "executing");
      assert.equal(code(request, events.intended, leaseEnd + 1), "too-late");
    });

    it("writes down its intent with the time, and with it gets a new lease", () => {
      const request = inState(live(stages.claimed, { ...events.intended, leaseUntil: leaseEnd + 7 }), "executing");
      const intent = { at: soon, step: 0, resourceVersion: "42" };
      assert.deepEqual([request.intent, request.claim.leaseUntil], [intent, leaseEnd + 7]);
    });

    it("goes on to the next step, or tries the same one with another precondition, and never goes back", () => {
      const again = { ...events.intended, intent: { step: 0, resourceVersion: "43", generation: 7 } };
      const second = inState(live(stages.executing, again), "executing");
      assert.deepEqual(second.intent, { at: soon, step: 0, resourceVersion: "43", generation: 7 });
      const next = inState(live(second, events.intendedNext), "executing");
      assert.deepEqual(next.intent, { at: soon, step: 1, resourceVersion: "43" });
      assert.equal(code(next, events.intended), "not-in-this-state");
    });

    it("renews its lease by telling how far it has come", () => {
      const request = inState(live(stages.executing, events.progressed), "executing");
      assert.deepEqual([request.progress, request.claim.leaseUntil], [events.progressed.progress, leaseEnd + 1]);
    });

    it("cannot call unknown what it has not begun", () => {
      assert.equal(code(stages.claimed, events.unknown), "not-in-this-state");
    });
  });

  describe("an unknown outcome", () => {
    it("is settled by a worker that was told that the change was made, also an earlier one", () => {
      for (const event of [events.succeededForCertain, events.failedForCertain])
        assert.equal(live(stages.unknownAgain, event).state, event.as);
    });

    it("is not settled by one whose own call was refused: that says nothing of the calls of others", () => {
      assert.equal(code(stages.unknownAgain, events.failed), "not-in-this-state");
      assert.equal(code(stages.unknownAgain, events.succeeded), "not-in-this-state");
      assert.equal(code(stages.unknownAgain, { ...events.unknown, made: true }), "not-in-this-state");
    });

    it("is not settled under a fence that was never given", () => {
      assert.equal(code(stages.unknown, { ...events.succeededForCertain, fence: 2 }), "not-in-this-state");
    });
  });

  describe("what a person says of an unknown outcome", () => {
    it("stands beside what the worker said, and forgets mistyped codes", () => {
      const settled = inState(live(stages.unknownMistyped, events.settled), "settled");
      assert.deepEqual(settled, { ...stages.unknown, state: "settled", settlement: events.settled.settlement });
    });

    it("is never the requester's", () => {
      assert.equal(code(stages.unknown, events.settledByAlice), "own-request");
    });

    it("is said once, and gives way to a worker that was told that the change was made", () => {
      assert.equal(code(stages.settled, events.settled), "not-in-this-state");
      assert.equal(code(stages.settled, events.failed), "not-in-this-state");
      const known = inState(live(stages.settled, events.succeededForCertain), "succeeded");
      assert.deepEqual([known.settlement, known.outcome], [events.settled.settlement, events.succeeded.outcome]);
    });
  });

  describe("the offer to take it back", () => {
    it("ends when somebody asks for it, and with its last millisecond", () => {
      const asked = inState(happen(stages.undoable, events.undoAsked, undoEnd), "succeeded");
      assert.deepEqual(asked.undo, { at: undoEnd, asked: { subject: "bob", request: "r-takesback0" } });
      assert.equal(code(stages.undoable, events.undoAsked, undoEnd + 1), "too-late");
      assert.equal(code(stages.undoable, events.undoLapsed, undoEnd), "not-in-this-state");
      const lapsed = inState(happen(stages.undoable, events.undoLapsed, undoEnd + 1), "succeeded");
      assert.deepEqual(lapsed.undo, { at: undoEnd + 1 });
      for (const over of [asked, lapsed])
        for (const event of [events.undoAsked, events.undoLapsed])
          assert.equal(code(over, event, undoEnd + 1), "not-in-this-state");
    });

    it("is made of no change that has no honest way back", () => {
      assert.equal(code(stages.succeeded, events.undoAsked), "not-in-this-state");
    });
  });

  describe("a second look", () => {
    it("is one at a time, and each is answered once", () => {
      assert.equal(code(stages.beingLookedAt, events.lookAgain), "not-in-this-state");
      assert.equal(code(stages.unknown, events.lookedAndDone), "not-in-this-state");
      assert.equal(code(stages.lookedAt, events.lookedAndDone), "not-in-this-state");
      const twice = live(stages.lookedAt, events.lookAgain);
      assert.equal(code(twice, events.lookedAndDone), "not-in-this-state");
      assert.equal(live(twice, { ...events.lookedAndDone, look: 1 }).state, "succeeded");
    });

    it("is asked for ten times at most", () => {
      let request: Request = stages.unknown;
      for (let look = 0; look < mostLooks; look++)
        request = live(request, events.lookAgain, { ...events.lookedInVain, look });
      assert.equal(code(request, events.lookAgain), "not-in-this-state");
      assert.equal(live(request, events.settled).state, "settled");
    });

    it("says how it ended where that is certain, and keeps what is known of the call", () => {
      const { outcome, looks } = inState(live(stages.beingLookedAt, events.lookedAndDone), "succeeded");
      const found = { at: soon, says: "done, as was seen" };
      assert.deepEqual(outcome, { ...stages.unknown.outcome, ...found });
      assert.deepEqual(looks, [{ at: soon, by: "bob", found }]);
      assert.equal(live(stages.beingLookedAt, events.lookedAndNotDone).state, "failed");
      assert.equal(live(stages.beingLookedAt, events.lookedInVain).state, "unknown");
    });
  });

  it("tells who ended a request, when, why, and what it was", () => {
    const cancelled = inState(live(stages.claimed, events.cancelled), "cancelled");
    assert.deepEqual(cancelled.ended, { at: soon, by: "alice", why: "no longer wanted", was: "granted" });
    assert.equal(cancelled.approvals?.length, 2);
    const { ended } = inState(live(stages.challenged, events.forbidden), "denied");
    assert.deepEqual([ended.by, ended.why], ["kube-system", "not from chat"]);
  });
});

function code(request: Request, event: RequestEvent, now = soon): string | undefined {
  const next = transition(request, event, now);
  return isRefusal(next) ? next.refused : undefined;
}

function claimOf(request: Request) {
  assert.ok("claim" in request && request.claim);
  return request.claim;
}
