import type { Proof } from "../../src/challenge/challenge.ts";
import type { Operation } from "../../src/operation/operation.ts";
import type { Plan } from "../../src/operation/plan.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import type { Allowed, Requirements } from "../../src/policy/policy.ts";
import type { RequestEvent } from "../../src/request/event.ts";
import type { SignedGrant } from "../../src/request/grant.ts";
import type { Outcome, Request, State } from "../../src/request/request.ts";
import { transition } from "../../src/request/transition.ts";
import { name, namespace, sampleRequest } from "../contract/sample-request.ts";
import { signedApproval, signedProof, signedReview, signedSettlement } from "../fakes/attestor.ts";
import { noon } from "../fakes/clock.ts";

// Asked for at noon; everything of the samples happens a minute later.
export const soon = noon + 60_000;
/** When the sample challenge, leases and grant end. */
export const leaseEnd = noon + 600_000;
/** When an operation of the samples that succeeded is offered no more to be undone. */
export const undoEnd = soon + 24 * 3_600_000;
/** When a sample request lapses. */
export const requestEnd = noon + 1_800_000;

export const digest = "0123456789abcdef".repeat(4);
export const otherDigest = "f".repeat(64);

export const asked = sampleRequest("r-abcd234567");

export const plan: Plan = {
  operation: asked.operation,
  object: { apiVersion: "apps/v1", kind: "Deployment", namespace: "prod", name: "api", uid: "uid-1" },
  changes: [{ field: "spec.replicas", from: "3", to: "5" }],
  binding: { replicas: 3 },
  effects: ["2 pods are added."],
  facts: { replicas: 5, labels: { team: "web" } },
  live: { readAt: noon, resourceVersion: "41", ready: 3, total: 3, warnings: [] },
};

/** What a tier of break-glass asks for. */
export const glass: Requirements = {
  stepUp: { bound: true },
  reason: { minLength: 10 },
  notify: ["C0SECURITY"],
  breakGlass: { review: 24 * 3_600_000, from: ["security"] },
};
/** When the review of the sample is due. */
export const reviewEnd = soon + 24 * 3_600_000;

/** What a tier asks for that does not let its approvers forget it. */
export const calling: Requirements = {
  stepUp: {},
  approvals: {
    ...{ count: 2, from: ["sre"], remind: 300_000 },
    escalate: { after: 400_000, to: ["C0LEADS", "group:leads"] },
  },
};

const requirements: Requirements = { stepUp: {}, approvals: { count: 2, from: ["sre"], stepUp: {} } };

export function allowed(needs: Requirements = requirements): Allowed {
  return { allowed: true, tier: "critical", requirements: needs, rules: ["payments"], policy: "0".repeat(64) };
}

export function proofOf(subject: string, change: Partial<Proof> = {}): Proof {
  return signedProof({ authenticator: "totp", subject, digest, at: soon, request: asked.id, ...change });
}

export const signedGrant: SignedGrant = {
  grant: {
    v: "countersign.grant.v1",
    request: asked.id,
    digest,
    cluster: "demo",
    requester: "alice",
    approvers: ["bob", "carol"],
    tier: "critical",
    policy: "0".repeat(64),
    grantedAt: soon,
    notAfter: leaseEnd,
  },
  signature: "signature",
};

const outcome: Outcome = { at: soon, says: "done", apiAuditIds: ["audit-1"], credential: "jti-1" };

/** The events of a life, by what they are called; each is right for the sample it is meant for. */
export const events = {
  planned: { type: "planned", plan, digest },
  unplannable: { type: "unplannable", why: "no such object" },
  away: { type: "held-up", why: "the cluster demo does not answer" },
  busy: { type: "held-up", fence: 1, why: "r-other acts on Deployment prod/api now" },
  decided: { type: "decided", decision: allowed(), challengeExpiresAt: leaseEnd },
  decidedWithProof: { type: "decided", decision: allowed(), challengeExpiresAt: leaseEnd, proof: proofOf("alice") },
  decidedRoutine: { type: "decided", decision: allowed({}), challengeExpiresAt: leaseEnd },
  forbidden: { type: "forbidden", rule: "kube-system", why: "not from chat" },
  proved: { type: "proved", proof: proofOf("alice") },
  provedByAnother: { type: "proved", proof: proofOf("bob") },
  provedForAnother: { type: "proved", proof: proofOf("alice", { digest: otherDigest }) },
  proofFailed: { type: "proof-failed", subject: "alice" },
  approvedByBob: {
    type: "approved",
    approval: signedApproval(asked.id, { subject: "bob", at: soon, digest, proof: proofOf("bob") }),
  },
  approvedByCarol: { type: "approved", approval: signedApproval(asked.id, { subject: "carol", at: soon, digest }) },
  approvedByAlice: { type: "approved", approval: signedApproval(asked.id, { subject: "alice", at: soon, digest }) },
  approvedOther: {
    type: "approved",
    approval: signedApproval(asked.id, { subject: "dora", at: soon, digest: otherDigest }),
  },
  reminded: { type: "reminded", users: ["U2", "U3"], others: false },
  escalated: { type: "escalated", users: ["U9"], others: true },
  denied: { type: "denied", subject: "bob", why: "not now" },
  declined: { type: "denied", subject: "alice", why: "declined on the phone" },
  cancelled: { type: "cancelled", subject: "alice", why: "no longer wanted" },
  expired: { type: "expired" },
  granted: { type: "granted", grant: signedGrant },
  claimed: { type: "claimed", claim: { worker: "first", fence: 1, leaseUntil: leaseEnd } },
  claimedNext: { type: "claimed", claim: { worker: "second", fence: 2, leaseUntil: leaseEnd + 600_000 } },
  grantRefused: { type: "grant-refused", fence: 1, why: "the signature does not hold" },
  conflicted: { type: "conflicted", fence: 1, why: "the object is gone" },
  intended: { type: "intended", fence: 1, intent: { step: 0, resourceVersion: "42" }, leaseUntil: leaseEnd },
  intendedNext: { type: "intended", fence: 1, intent: { step: 1, resourceVersion: "43" }, leaseUntil: leaseEnd },
  progressed: {
    type: "progressed",
    fence: 1,
    progress: { at: soon, says: "1 of 3 pods replaced, 3 available" },
    leaseUntil: leaseEnd + 1,
  },
  succeeded: { type: "finished", fence: 1, as: "succeeded", outcome },
  answered: { type: "finished", fence: 1, as: "succeeded", outcome, answer: "NAME  READY" },
  removing: {
    type: "intended",
    fence: 1,
    intent: { step: 0, resourceVersion: "42" },
    leaseUntil: leaseEnd,
    kept: '{"kind":"Deployment"}',
  },
  failed: { type: "finished", fence: 1, as: "failed", outcome },
  unknown: { type: "finished", fence: 1, as: "unknown", outcome },
  succeededForCertain: { type: "finished", fence: 1, as: "succeeded", outcome, made: true },
  settled: {
    type: "settled",
    settlement: signedSettlement(
      { id: asked.id, digest },
      { as: "did-not-run", subject: "bob", at: soon, why: "no pod is younger than the incident" },
    ),
  },
  settledByAlice: {
    type: "settled",
    settlement: signedSettlement({ id: asked.id, digest }, { as: "ran", subject: "alice", at: soon, why: "I saw it" }),
  },
  undoAsked: { type: "undo-asked", subject: "bob", request: "r-takesback0" },
  undoLapsed: { type: "undo-lapsed" },
  lookAgain: { type: "look-again", subject: "bob" },
  lookedInVain: { type: "looked", look: 0, as: "unknown", says: "The object does not show it." },
  lookedAndDone: { type: "looked", look: 0, as: "succeeded", says: "done, as was seen" },
  lookedAndNotDone: { type: "looked", look: 0, as: "failed", says: "Nothing was done." },
  failedForCertain: { type: "finished", fence: 1, as: "failed", outcome, made: true },
  reviewed: {
    type: "reviewed",
    word: signedReview(
      { id: asked.id, digest },
      { subject: "carol", at: soon, why: "it was right", proof: proofOf("carol") },
    ),
  },
  reviewedByAlice: {
    type: "reviewed",
    word: signedReview(
      { id: asked.id, digest },
      { subject: "alice", at: soon, why: "I was right", proof: proofOf("alice") },
    ),
  },
  reviewOverdue: { type: "review-overdue" },
  revoked: { type: "revoked", subject: "alice", why: "done early" },
  stillElevated: { type: "elevation-held-up", why: "the cluster demo does not answer" },
  elevationEnded: { type: "elevation-ended", how: "on-time", apiAuditIds: ["audit-2"] },
} as const satisfies Record<string, RequestEvent>;

/** Makes events happen one after the other; throws when one is refused. */
export function live(from: Request, ...happened: readonly RequestEvent[]): Request {
  return happened.reduce((request, event) => happen(request, event), from);
}

export function happen(request: Request, event: RequestEvent, now = soon): Request {
  const next = transition(request, event, now);
  if (isRefusal(next)) throw new Error(`${event.type} in ${request.state}: ${next.says}`);
  return next;
}

const planned = live(asked, events.planned);
const challenged = live(planned, events.decided);
const proved = live(challenged, events.proved);
const approved = live(proved, events.approvedByBob, events.approvedByCarol);
const granted = live(approved, events.granted);
const claimed = live(granted, events.claimed);
const executing = live(claimed, events.intended);
const progressed = live(executing, events.progressed);
const inStepTwo = live(executing, events.intendedNext);

const target = { kind: "Deployment", namespace: namespace("prod"), name: name("api") } as const;
const pausing: Operation = { kind: "rollout-pause", cluster: "demo", target };
const undoable = inState(live({ ...progressed, plan: { ...plan, operation: pausing } }, events.succeeded), "succeeded");
const elevating: Request = {
  ...executing,
  operation: {
    kind: "elevate",
    cluster: "demo",
    target: { kind: "ClusterRole", namespace: namespace("prod"), name: name("edit") },
    seconds: 1_800,
  },
};
/** When the sample elevation ends: counted from its grant. */
export const elevationEnd = soon + 1_800_000;
const elevated = live(elevating, events.succeeded);

const glassBroken = live(
  sampleRequest(asked.id, { breakGlass: true }),
  events.planned,
  { ...events.decided, decision: allowed(glass) },
  events.proved,
  events.granted,
);
const calledFor = live(planned, { ...events.decided, decision: allowed(calling) }, events.proved);

const glassBegun = live(glassBroken, events.claimed, events.intended);
const glassDone = live(glassBegun, events.succeeded);

/** Every stage of a life that differs in what may happen next, made by the very events that make it. */
export const stages = {
  asked,
  away: live(asked, events.away),
  planned,
  challenged,
  nearlyLocked: live(challenged, ...Array<RequestEvent>(4).fill(events.proofFailed)),
  proved,
  routine: live(planned, events.decidedRoutine),
  approvedOnce: live(proved, events.approvedByBob),
  approved,
  granted,
  claimed,
  busy: live(claimed, events.busy),
  unserved: live(granted, events.away),
  claimedAgain: happen(claimed, events.claimedNext, leaseEnd),
  executing,
  executingAgain: happen(executing, events.claimedNext, leaseEnd),
  progressed,
  inStepTwo,
  succeeded: live(progressed, events.succeeded),
  undoable,
  undoAsked: live(undoable, events.undoAsked),
  answered: live(claimed, events.answered),
  removing: live(claimed, events.removing),
  removed: live(claimed, events.removing, events.succeeded),
  failed: live(progressed, events.failed),
  unplannable: live(asked, events.unplannable),
  unknown: inState(live(executing, events.unknown), "unknown"),
  unknownAgain: happen(happen(executing, events.claimedNext, leaseEnd), { ...events.unknown, fence: 2 }),
  unknownMistyped: live(executing, events.unknown, events.proofFailed),
  beingLookedAt: live(executing, events.unknown, events.lookAgain),
  lookedAt: live(executing, events.unknown, events.lookAgain, events.lookedInVain),
  settled: live(executing, events.unknown, events.settled),
  settledAgain: happen(
    happen(happen(executing, events.claimedNext, leaseEnd), { ...events.unknown, fence: 2 }),
    events.settled,
  ),
  cancelled: live(approved, events.cancelled),
  expired: happen(proved, events.expired, requestEnd + 1),
  denied: live(proved, events.denied),
  conflict: live(claimed, events.conflicted),
  elevated,
  elevatedPerhaps: live(elevating, events.unknown),
  elevatedSettled: live(elevating, events.unknown, events.settled),
  elevatedUnseen: live(elevating, events.failedForCertain),
  notElevated: live(elevating, events.failed),
  revoked: live(elevated, events.revoked),
  stillElevated: happen(elevated, events.stillElevated, elevationEnd + 1),
  calledFor,
  reminded: happen(calledFor, events.reminded, soon + 300_000),
  escalated: happen(happen(calledFor, events.reminded, soon + 300_000), events.escalated, soon + 400_000),
  glassBroken,
  glassBegun,
  glassDone,
  glassFailed: live(glassBegun, events.failed),
  glassUnknown: live(glassBegun, events.unknown),
  glassSettled: live(glassBegun, events.unknown, events.settled),
  glassNotBegun: live(glassBroken, events.cancelled),
  glassOverdue: happen(glassDone, events.reviewOverdue, reviewEnd + 1),
  glassReviewed: live(glassDone, events.reviewed),
  elevationEnded: happen(elevated, events.elevationEnded, elevationEnd + 1),
} as const satisfies Record<string, Request>;

/** The request as one of this state; throws when it is in another. */
export function inState<S extends State>(request: Request, state: S): Request & { readonly state: S } {
  if (request.state !== state) throw new Error(`the request is ${request.state}, not ${state}`);
  return request as Request & { readonly state: S };
}
