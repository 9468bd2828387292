import assert from "node:assert/strict";
import { bodyText } from "../../src/audit/chain.ts";
import type { AuditEvent, AuditKind } from "../../src/audit/event.ts";

type Samples = { readonly [Kind in AuditKind]: Extract<AuditEvent, { readonly kind: Kind }> };

const request = "r-ab12cd34ef";
const [subject, digest, why, credential] = ["alice", "d".repeat(64), "because", "c-1"];

// A kind that is missing here, or a fact of one, does not compile.
const samples = {
  "request.asked": { kind: "request.asked", request, subject, spoken: "get pods", reason: "look", channel: "C1" },
  "request.refused": { kind: "request.refused", subject, code: "not-permitted", why, spoken: "get pods" },
  "plan.made": { kind: "plan.made", request, digest, object: "Deployment prod/api", uid: "u-1", change: "3 -> 5" },
  "plan.failed": { kind: "plan.failed", request, why },
  "request.held-up": { kind: "request.held-up", request, why },
  "policy.decided": { kind: "policy.decided", request, tier: "guarded", rules: "on-call", policy: digest },
  "policy.denied": { kind: "policy.denied", request, rule: "production", why, policy: digest },
  "policy.taken": { kind: "policy.taken", revision: digest, was: digest },
  "policy.refused": { kind: "policy.refused", stays: digest, why },
  "proof.given": { kind: "proof.given", request, subject, authenticator: "totp", digest, of: request },
  "proof.refused": { kind: "proof.refused", request, subject, because: "wrong-code" },
  "push.begun": { kind: "push.begun", request, subject },
  "push.disowned": { kind: "push.disowned", request, subject },
  "approval.given": { kind: "approval.given", request, subject, digest, count: 1, of: 2 },
  "approval.reminded": { kind: "approval.reminded", request, stage: 1, called: 2 },
  "approval.escalated": { kind: "approval.escalated", request, stage: 1, called: 0, to: "C0LEADS, group:leads" },
  "approval.refused": { kind: "approval.refused", request, subject, code: "own-request" },
  "request.denied": { kind: "request.denied", request, subject, why },
  "request.cancelled": { kind: "request.cancelled", request, subject, why },
  "request.expired": { kind: "request.expired", request, was: "granted" },
  "grant.signed": {
    kind: "grant.signed",
    request,
    digest,
    approvers: "bob",
    tier: "guarded",
    policy: digest,
    notAfter: 1,
    signature: "s",
  },
  "grant.refused": { kind: "grant.refused", request, why },
  "execution.claimed": { kind: "execution.claimed", request, worker: "worker@host/1", fence: 1 },
  "execution.conflict": { kind: "execution.conflict", request, why },
  "execution.intent": { kind: "execution.intent", request, digest, fence: 1, step: 0, resourceVersion: "7" },
  "execution.progress": { kind: "execution.progress", request, says: "1 of 3 pods replaced" },
  "execution.outcome": { kind: "execution.outcome", request, as: "succeeded", why, apiAuditIds: "a", credential },
  "undo.asked": { kind: "undo.asked", request, subject, by: "r-another000" },
  "undo.lapsed": { kind: "undo.lapsed", request },
  "settlement.begun": { kind: "settlement.begun", request, subject, as: "ran" },
  "settlement.given": { kind: "settlement.given", request, subject, as: "ran", why, digest, signature: "s" },
  "settlement.refused": { kind: "settlement.refused", request, subject, code: "own-request" },
  "look.asked": { kind: "look.asked", request, subject },
  "look.answered": { kind: "look.answered", request, as: "unknown", why },
  "review.begun": { kind: "review.begun", request, subject },
  "review.closed": {
    ...{ kind: "review.closed", request, subject, why, digest },
    ...{ authenticator: "passkey", evidence: digest, signature: "s" },
  },
  "review.refused": { kind: "review.refused", request, subject, code: "own-request" },
  "review.overdue": { kind: "review.overdue", request, subject },
  "review.restored": { kind: "review.restored", request, subject },
  "elevation.revoked": { kind: "elevation.revoked", request, subject, why },
  "elevation.held-up": { kind: "elevation.held-up", request, why },
  "elevation.ended": { kind: "elevation.ended", request, how: "on-time", apiAuditIds: "a" },
  "elevation.leftover": {
    kind: "elevation.leftover",
    request,
    cluster: "demo",
    namespace: "prod",
    binding: `countersign-elevation-${request}`,
    why,
  },
  "freeze.set": { kind: "freeze.set", subject, scope: "*", freeze: "f-1", why },
  "freeze.lift-asked": { kind: "freeze.lift-asked", subject, scope: "*", freeze: "f-1", why, digest },
  "freeze.lifted": { kind: "freeze.lifted", subject, scope: "*", freeze: "f-1", why, digest, first: "bob" },
  "freeze.restored": { kind: "freeze.restored", subject, scope: "*", freeze: "f-1", why },
  "freeze.refused": { kind: "freeze.refused", subject, scope: "*", code: "not-permitted" },
  "enrolment.issued": { kind: "enrolment.issued", subject, by: "root" },
  "enrolment.completed": { kind: "enrolment.completed", subject, credential, waitMs: 900_000 },
  "enrolment.revoked": { kind: "enrolment.revoked", subject, by: "root" },
  "recovery.used": { kind: "recovery.used", subject, credential },
  "recovery.locked": { kind: "recovery.locked", subject, credential },
  "passkey.issued": { kind: "passkey.issued", subject, by: "root" },
  "passkey.registered": { kind: "passkey.registered", subject, credential, key: "pQEC" },
  "identity.linked": { kind: "identity.linked", subject: "alice", team: "T1", user: "U1" },
  "identity.unlinked": { kind: "identity.unlinked", subject: "alice", team: "T1", user: "U1", by: "root@host" },
  "membership.read": { kind: "membership.read", subject: "alice", groups: "oncall, sre", evidence: "ab12" },
  "membership.ended": { kind: "membership.ended", subject: "alice" },
  "identity.refused": { kind: "identity.refused", subject: "eve", team: "T1", user: "U1", code: "not-listed" },
  "authenticator.locked": { kind: "authenticator.locked", subject, credential },
} satisfies Samples;

describe("an audit event", () => {
  it("is about a subject, a request or the policy, and says so", () => {
    for (const event of Object.values(samples))
      assert.ok("request" in event || "subject" in event || event.kind.startsWith("policy."), event.kind);
  });

  it("has flat facts: words and numbers, with no drawer of free form", () => {
    for (const { kind, ...facts } of Object.values(samples)) {
      assert.match(kind, /^[a-z]+\.[a-z]+(-[a-z]+)*$/);
      for (const [name, fact] of Object.entries(facts))
        assert.ok(typeof fact === "string" || typeof fact === "number", `${kind} ${name}`);
    }
  });

  it("has no place for a code of a phone, a token, a seed, an address to answer to or an output", () => {
    for (const [kind, event] of Object.entries(samples))
      for (const name of Object.keys(event)) assert.doesNotMatch(name, /token|seed|secret|url|output|otp|body/i, kind);
    // The one `code` there is names a refusal.
    assert.deepEqual(
      Object.values(samples)
        .filter((event) => "code" in event)
        .map(({ kind }) => kind),
      [
        "request.refused",
        "approval.refused",
        "settlement.refused",
        "review.refused",
        "freeze.refused",
        "identity.refused",
      ],
    );
  });

  it("is read back from its body as it was written", () => {
    for (const event of Object.values(samples)) {
      const body = { event, writer: "web@host/1", clock: 1 };
      assert.deepEqual(JSON.parse(bodyText(body)), body);
    }
  });
});
