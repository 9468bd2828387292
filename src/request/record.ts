import { canonical, sha256 } from "../audit/canonical.ts";
import type { AuditEvent } from "../audit/event.ts";
import type { Proof } from "../challenge/challenge.ts";
import { type Plan, plannedInWords } from "../operation/plan.ts";
import { approvalsWanted, openStage } from "../policy/stages.ts";
import { commandOf } from "./asked.ts";
import type { RequestEvent } from "./event.ts";
import type { Request } from "./request.ts";
import { reviewOf } from "./review.ts";

/** The audit entry of a request's first moment. */
export function recordAsked(request: Request): AuditEvent {
  return {
    kind: "request.asked",
    request: request.id,
    subject: request.requester,
    spoken: commandOf(request),
    reason: request.reason,
    channel: request.origin.channel,
  };
}

/** The one audit entry of an event, from the event and the request it led to. */
export function record(event: RequestEvent, next: Request): AuditEvent {
  const request = next.id;
  switch (event.type) {
    case "planned": {
      const { plan, digest } = event;
      return {
        kind: "plan.made",
        request,
        digest,
        object: objectOf(plan),
        uid: plan.object?.uid ?? "",
        change: changeOf(plan),
      };
    }
    case "unplannable":
      return { kind: "plan.failed", request, why: event.why };
    case "held-up":
      return { kind: "request.held-up", request, why: event.why };
    case "decided": {
      const { tier, rules, policy } = event.decision;
      return { kind: "policy.decided", request, tier, rules: rules.join(", "), policy };
    }
    case "forbidden":
      return {
        ...{ kind: "policy.denied", request, rule: event.rule, why: event.why },
        ...(event.policy === undefined ? {} : { policy: event.policy }),
      };
    case "proved": {
      const { subject, authenticator, digest, request: of } = event.proof;
      return { kind: "proof.given", request, subject, authenticator, digest, of, ...evidenceOf(event.proof) };
    }
    case "proof-failed": {
      // The last try denies the request with it.
      const because = "ended" in next ? "last-wrong-code" : "wrong-code";
      return { kind: "proof.refused", request, subject: event.subject, because };
    }
    case "approved": {
      const { subject, digest, proof } = event.approval;
      const [count, of] = quorumOf(next);
      const given = proof && { authenticator: proof.authenticator, ...evidenceOf(proof) };
      return { kind: "approval.given", request, subject, digest, ...given, count, of };
    }
    case "reminded":
    case "escalated": {
      const stage =
        "approvals" in next && next.decision
          ? openStage(next.decision.requirements, next.approvals?.length ?? 0)
          : undefined;
      const about = { request, stage: stage?.number ?? 0, called: event.users.length };
      if (event.type === "reminded") return { kind: "approval.reminded", ...about };
      return { kind: "approval.escalated", ...about, to: (stage?.rule.escalate?.to ?? []).join(", ") };
    }
    case "denied":
      return { kind: "request.denied", request, subject: event.subject, why: event.why };
    case "cancelled":
      return { kind: "request.cancelled", request, subject: event.subject, why: event.why };
    case "expired":
      return { kind: "request.expired", request, was: "ended" in next ? next.ended.was : next.state };
    case "granted": {
      const { grant, signature } = event.grant;
      const review = reviewOf(next);
      return {
        kind: "grant.signed",
        request,
        digest: grant.digest,
        approvers: grant.approvers.join(", "),
        tier: grant.tier,
        policy: grant.policy,
        notAfter: grant.notAfter,
        signature,
        ...(review ? { reviewBy: review.due } : {}),
      };
    }
    case "claimed":
      return { kind: "execution.claimed", request, worker: event.claim.worker, fence: event.claim.fence };
    case "grant-refused":
      return { kind: "grant.refused", request, why: event.why };
    case "conflicted":
      return { kind: "execution.conflict", request, why: event.why };
    case "intended":
      return {
        kind: "execution.intent",
        request,
        digest: "digest" in next ? (next.digest ?? "") : "",
        fence: event.fence,
        step: event.intent.step,
        resourceVersion: event.intent.resourceVersion,
        ...(event.kept === undefined ? {} : { kept: sha256(event.kept) }),
      };
    case "progressed":
      return { kind: "execution.progress", request, says: event.progress.says };
    case "revoked":
      return { kind: "elevation.revoked", request, subject: event.subject, why: event.why };
    case "elevation-held-up":
      return { kind: "elevation.held-up", request, why: event.why };
    case "elevation-ended":
      return { kind: "elevation.ended", request, how: event.how, apiAuditIds: event.apiAuditIds.join(", ") };
    case "finished": {
      const { says, apiAuditIds, credential = "" } = event.outcome;
      return {
        kind: "execution.outcome",
        request,
        as: event.as,
        why: says,
        apiAuditIds: apiAuditIds.join(", "),
        credential,
      };
    }
    case "undo-asked":
      return { kind: "undo.asked", request, subject: event.subject, by: event.request };
    case "undo-lapsed":
      return { kind: "undo.lapsed", request };
    case "settled": {
      const { as, subject, why, signature } = event.settlement;
      const digest = "digest" in next ? (next.digest ?? "") : "";
      return { kind: "settlement.given", request, subject, as, why, digest, signature };
    }
    case "reviewed": {
      const { subject, why, proof, signature } = event.word;
      const digest = "digest" in next ? (next.digest ?? "") : "";
      const given = { authenticator: proof.authenticator, ...evidenceOf(proof) };
      return { kind: "review.closed", request, subject, why, digest, ...given, signature };
    }
    case "review-overdue":
      return { kind: "review.overdue", request, subject: next.requester };
    case "look-again":
      return { kind: "look.asked", request, subject: event.subject };
    case "looked":
      return { kind: "look.answered", request, as: event.as, why: event.says };
  }
}

/** The evidence itself stays in the record; whoever keeps it can show by this that it is what was given. */
function evidenceOf({ evidence }: Proof): { readonly evidence?: string } {
  return evidence ? { evidence: sha256(canonical(evidence)) } : {};
}

function objectOf(plan: Plan): string {
  return plan.object ? plannedInWords(plan.object) : "";
}

function changeOf(plan: Plan): string {
  return plan.changes.map(({ field, from, to }) => `${field}: ${from} -> ${to}`).join("; ");
}

function quorumOf(next: Request): readonly [number, number] {
  if (next.state !== "awaiting-approval") return [0, 0];
  return [next.approvals.length, approvalsWanted(next.decision.requirements)];
}
