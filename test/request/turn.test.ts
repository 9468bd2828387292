import assert from "node:assert/strict";
import type { Turn } from "../../src/ports.ts";
import type { Request } from "../../src/request/request.ts";
import { lapseOf, turnOf } from "../../src/request/turn.ts";
import { elevationEnd, leaseEnd, requestEnd, reviewEnd, soon, stages, undoEnd } from "./samples.ts";

const nextLease = leaseEnd + 600_000;

/** Whose turn it is at each stage, and when it lapses by itself. */
const expected: {
  readonly [stage in keyof typeof stages]: readonly [Turn["side"] | undefined, number | undefined, number?];
} = {
  asked: ["worker:demo", requestEnd],
  away: ["worker:demo", requestEnd, soon + 2_000],
  planned: ["web", requestEnd],
  challenged: [undefined, leaseEnd],
  nearlyLocked: [undefined, leaseEnd],
  proved: [undefined, requestEnd],
  routine: ["web", requestEnd],
  approvedOnce: [undefined, requestEnd],
  approved: ["web", requestEnd],
  granted: ["worker:demo", leaseEnd],
  claimed: ["worker:demo", leaseEnd, leaseEnd],
  busy: ["worker:demo", leaseEnd, soon + 2_000],
  unserved: ["worker:demo", leaseEnd, soon + 2_000],
  claimedAgain: ["worker:demo", leaseEnd, nextLease],
  executing: ["worker:demo", undefined, leaseEnd],
  removing: ["worker:demo", undefined, leaseEnd],
  executingAgain: ["worker:demo", undefined, nextLease],
  progressed: ["worker:demo", undefined, leaseEnd + 1],
  inStepTwo: ["worker:demo", undefined, leaseEnd],
  succeeded: [undefined, undefined],
  undoable: [undefined, undoEnd],
  undoAsked: [undefined, undefined],
  answered: [undefined, undefined],
  removed: [undefined, undefined],
  failed: [undefined, undefined],
  unplannable: [undefined, undefined],
  unknown: [undefined, undefined],
  unknownAgain: [undefined, undefined],
  unknownMistyped: [undefined, undefined],
  beingLookedAt: ["worker:demo", undefined],
  lookedAt: [undefined, undefined],
  settled: [undefined, undefined],
  settledAgain: [undefined, undefined],
  cancelled: [undefined, undefined],
  expired: [undefined, undefined],
  denied: [undefined, undefined],
  conflict: [undefined, undefined],
  elevated: ["worker:demo", elevationEnd + 30_000, elevationEnd],
  elevatedPerhaps: ["worker:demo", elevationEnd + 30_000, elevationEnd],
  elevatedSettled: ["worker:demo", elevationEnd + 30_000, elevationEnd],
  elevatedUnseen: ["worker:demo", elevationEnd + 30_000, elevationEnd],
  notElevated: [undefined, undefined],
  revoked: ["worker:demo", soon + 30_000],
  stillElevated: ["worker:demo", elevationEnd + 30_000, elevationEnd + 2_001],
  calledFor: [undefined, soon + 300_000],
  reminded: [undefined, soon + 400_000],
  escalated: [undefined, requestEnd],
  glassBroken: ["worker:demo", leaseEnd],
  glassBegun: ["worker:demo", reviewEnd, leaseEnd],
  glassDone: [undefined, reviewEnd],
  glassFailed: [undefined, reviewEnd],
  glassUnknown: [undefined, reviewEnd],
  glassSettled: [undefined, reviewEnd],
  glassNotBegun: [undefined, undefined],
  glassOverdue: [undefined, undefined],
  glassReviewed: [undefined, undefined],
  elevationEnded: [undefined, undefined],
};

describe("turnOf and lapseOf", () => {
  it("give the turn to the workers of the request's own cluster", () => {
    const elsewhere = { ...stages.asked, operation: { ...stages.asked.operation, cluster: "other" } };
    assert.equal(turnOf(elsewhere)?.side, "worker:other");
  });

  for (const [stage, [side, lapse, heldUntil]] of Object.entries(expected))
    it(`${stage}: ${side ?? "nobody"}'s turn${heldUntil ? ", held by a worker" : ""}; ${lapse ? "lapses" : "never lapses"}`, () => {
      const request: Request = stages[stage as keyof typeof stages];
      const turn = side && { side, ...(heldUntil === undefined ? {} : { heldUntil }) };
      assert.deepEqual([turnOf(request), lapseOf(request)], [turn, lapse]);
    });
});
