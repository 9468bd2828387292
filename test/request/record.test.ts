import assert from "node:assert/strict";
import { canonical, sha256 } from "../../src/audit/canonical.ts";
import type { AuditKind } from "../../src/audit/event.ts";
import type { EventType, RequestEvent } from "../../src/request/event.ts";
import { record, recordAsked } from "../../src/request/record.ts";
import { fakeAssertion } from "../fakes/witness.ts";
import { asked, digest, events, happen, inState, leaseEnd, live, requestEnd, stages } from "./samples.ts";

/** The one kind of audit entry of each event. */
const kinds: { readonly [E in EventType]: AuditKind } = {
  planned: "plan.made",
  unplannable: "plan.failed",
  "held-up": "request.held-up",
  decided: "policy.decided",
  forbidden: "policy.denied",
  proved: "proof.given",
  "proof-failed": "proof.refused",
  approved: "approval.given",
  reminded: "approval.reminded",
  escalated: "approval.escalated",
  denied: "request.denied",
  cancelled: "request.cancelled",
  expired: "request.expired",
  granted: "grant.signed",
  claimed: "execution.claimed",
  "grant-refused": "grant.refused",
  conflicted: "execution.conflict",
  intended: "execution.intent",
  progressed: "execution.progress",
  finished: "execution.outcome",
  "undo-asked": "undo.asked",
  "undo-lapsed": "undo.lapsed",
  settled: "settlement.given",
  "look-again": "look.asked",
  looked: "look.answered",
  reviewed: "review.closed",
  "review-overdue": "review.overdue",
  revoked: "elevation.revoked",
  "elevation-held-up": "elevation.held-up",
  "elevation-ended": "elevation.ended",
};

describe("record", () => {
  it("makes one flat entry of each event, of its own kind, about its request", () => {
    for (const event of Object.values<RequestEvent>(events)) {
      const { kind, ...facts } = record(event, stages.executing);
      assert.equal(kind, kinds[event.type]);
      assert.equal("request" in facts && facts.request, asked.id);
      for (const [name, fact] of Object.entries(facts))
        assert.ok(typeof fact === "string" || typeof fact === "number", `${event.type}: ${name}`);
    }
    assert.equal(new Set(Object.values(kinds)).size, 30);
  });

  it("says who asked for what, why and where", () => {
    assert.deepEqual(recordAsked(asked), {
      kind: "request.asked",
      request: asked.id,
      subject: "alice",
      spoken: "rollout restart deploy/api -n prod -c demo",
      reason: asked.reason,
      channel: "C1",
    });
  });

  it("says which object was planned to become what", () => {
    assert.deepEqual(record(events.planned, stages.planned), {
      kind: "plan.made",
      request: asked.id,
      digest,
      object: "Deployment prod/api",
      uid: "uid-1",
      change: "spec.replicas: 3 -> 5",
    });
  });

  it("counts approvals as they stand after this one", () => {
    const first = record(events.approvedByBob, live(stages.proved, events.approvedByBob));
    const second = record(events.approvedByCarol, stages.approved);
    const counted = { kind: "approval.given", request: asked.id, digest, of: 2 };
    assert.deepEqual(first, { ...counted, subject: "bob", authenticator: "totp", count: 1 });
    assert.deepEqual(second, { ...counted, subject: "carol", count: 2 });
  });

  it("names by its digest what somebody else signed, and writes none of it", () => {
    const evidence = fakeAssertion("alice", digest, "s-1", leaseEnd);
    const proof = { ...events.proved.proof, evidence };
    const hash = sha256(canonical(evidence));
    const approval = { ...events.approvedByBob.approval, proof };
    for (const entry of [
      record({ ...events.proved, proof }, stages.proved),
      record({ ...events.approvedByBob, approval }, stages.approvedOnce),
    ]) {
      assert.equal("evidence" in entry && entry.evidence, hash);
      assert.ok(!JSON.stringify(entry).includes(evidence.credential));
    }
  });

  it("says for which request a proof was given, when it is used again", () => {
    const again = { ...events.proved, proof: { ...events.proved.proof, request: "r-earlier" } };
    const entry = record(again, stages.proved);
    assert.equal("of" in entry && entry.of, "r-earlier");
  });

  it("says what a lapsed request was", () => {
    const lapsed = happen(stages.approvedOnce, events.expired, requestEnd + 1);
    assert.deepEqual(record(events.expired, lapsed), {
      kind: "request.expired",
      request: asked.id,
      was: "awaiting-approval",
    });
  });

  it("carries the grant's signature, and who stands behind it", () => {
    const entry = record(events.granted, stages.granted);
    assert.ok(entry.kind === "grant.signed");
    assert.deepEqual([entry.approvers, entry.signature], ["bob, carol", "signature"]);
  });

  it("names plan, fence, step and precondition of an intent", () => {
    const entry = record(events.intended, stages.executing);
    assert.deepEqual(entry, {
      kind: "execution.intent",
      request: asked.id,
      digest,
      fence: 1,
      step: 0,
      resourceVersion: "42",
    });
  });

  it("says of what is kept for restoring it only the SHA-256", () => {
    const entry = record(events.removing, stages.removing);
    assert.ok(entry.kind === "execution.intent");
    assert.equal(entry.kept, sha256(events.removing.kept));
    assert.ok(!JSON.stringify(entry).includes("Deployment"));
  });

  it("says that a person settled it, in their words and with our signature", () => {
    const { signature } = events.settled.settlement;
    assert.deepEqual(record(events.settled, stages.settled), {
      kind: "settlement.given",
      request: asked.id,
      subject: "bob",
      as: "did-not-run",
      why: "no pod is younger than the incident",
      digest,
      signature,
    });
  });

  it("joins an outcome to the API server's own log, and never holds what a read answered", () => {
    const entry = record(events.answered, inState(stages.answered, "succeeded"));
    assert.deepEqual(entry, {
      kind: "execution.outcome",
      request: asked.id,
      as: "succeeded",
      why: "done",
      apiAuditIds: "audit-1",
      credential: "jti-1",
    });
  });
});
