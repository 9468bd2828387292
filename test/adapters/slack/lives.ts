import type { Plan } from "../../../src/operation/plan.ts";
import type { Allowed } from "../../../src/policy/policy.ts";
import type { RequestEvent } from "../../../src/request/event.ts";
import type { Planning, Request } from "../../../src/request/request.ts";
import { transition } from "../../../src/request/transition.ts";
import { sampleRequest } from "../../contract/sample-request.ts";
import { noon } from "../../fakes/clock.ts";

/** What a life is made of; every text in it may be anything a person, a policy or an API server says. */
export interface LifeOptions {
  readonly reason?: string;
  /** Stands wherever else somebody's text may stand. */
  readonly text?: string;
  readonly requester?: string;
  readonly warnings?: readonly string[];
  readonly operation?: Planning["operation"];
  readonly approvals?: number;
  readonly stepUp?: boolean;
}

const later = noon + 600_000;

/** A request in each state it can be in, made by the very transitions that make it in life, in their order. */
export function livesOf(options: LifeOptions = {}): readonly Request[] {
  const { text = "words", requester = "alice", approvals = 2, stepUp = true } = options;
  const asked = sampleRequest("r-abcd234567", {
    reason: options.reason ?? text,
    requester,
    // Texts here may be such as nobody could sign.
    signature: "s",
    askedAt: noon,
    expiresAt: noon + 1_800_000,
    ...(options.operation ? { operation: options.operation } : {}),
  });
  const plan = samplePlan(asked, text, options.warnings);
  const digest = "0123456789abcdef".repeat(4);
  const decision: Allowed = {
    allowed: true,
    tier: text.slice(0, 60),
    requirements: {
      ...(stepUp ? { stepUp: {} } : {}),
      ...(approvals > 0 ? { approvals: { count: approvals, from: ["sre", text], stepUp: {} } } : {}),
    },
    rules: ["production", text],
    policy: "0".repeat(64),
  };
  const proof = (subject: string) =>
    ({ authenticator: "totp", subject, digest, at: noon + 30_000, request: asked.id, signature: "s" }) as const;
  const run = (from: Request, ...events: readonly RequestEvent[]) => events.reduce(step, from);

  const planned = run(asked, { type: "planned", plan, digest });
  const decided = run(planned, { type: "decided", decision, challengeExpiresAt: later });
  const proved = stepUp ? run(decided, { type: "proved", proof: proof(requester) }) : decided;
  const approve = (i: number): RequestEvent => {
    const subject = `${i}${text}`;
    return {
      type: "approved",
      approval: { subject, at: noon + 60_000, digest, proof: proof(subject), signature: "s" },
    };
  };
  const approved = run(proved, ...Array.from({ length: approvals }, (_, i) => approve(i)));
  const granted = run(approved, { type: "granted", grant: sampleGrant(asked, digest) });
  const claimed = run(granted, { type: "claimed", claim: { worker: text, fence: 1, leaseUntil: later } });
  const executing = run(claimed, {
    type: "intended",
    fence: 1,
    intent: { step: 0, resourceVersion: "42" },
    leaseUntil: later,
  });
  const progress = { at: noon, says: text };
  const progressed = run(executing, { type: "progressed", fence: 1, leaseUntil: later, progress });
  const finished = (as: "succeeded" | "failed" | "unknown") =>
    run(progressed, {
      type: "finished",
      fence: 1,
      as,
      outcome: { at: noon + 90_000, says: text, apiAuditIds: [text], credential: text },
    });
  const unknown = finished("unknown");
  const lookedAt = run(
    unknown,
    { type: "look-again", subject: text },
    { type: "looked", look: 0, as: "unknown", says: text },
  );
  const said = { as: "did-not-run", subject: `1${text}`, at: noon + 120_000, why: text, signature: "s" } as const;
  const settled = run(lookedAt, { type: "settled", settlement: { ...said, proof: proof(said.subject) } });
  const finalOutcome = { at: noon + 180_000, says: text, apiAuditIds: [text] };
  return [
    asked,
    run(asked, { type: "held-up", why: text }),
    planned,
    decided,
    proved,
    ...(approvals > 0 ? [run(proved, approve(0))] : []),
    granted,
    run(claimed, { type: "held-up", fence: 1, why: text }),
    executing,
    progressed,
    finished("succeeded"),
    finished("failed"),
    unknown,
    lookedAt,
    run(lookedAt, { type: "look-again", subject: text }),
    settled,
    run(settled, { type: "finished", fence: 1, as: "failed", outcome: finalOutcome, made: true }),
    run(asked, { type: "unplannable", why: text }),
    run(decided, { type: "cancelled", subject: requester, why: text }),
    run(granted, { type: "cancelled", subject: requester, why: text }),
    run(proved, { type: "denied", subject: text, why: text }),
    run(decided, { type: "forbidden", rule: text, why: text }),
    run(claimed, { type: "conflicted", fence: 1, why: text }),
    transitioned(proved, { type: "expired" }, noon + 2_000_000),
  ];
}

function step(request: Request, event: RequestEvent): Request {
  return transitioned(request, event, noon + 60_000);
}

function transitioned(request: Request, event: RequestEvent, now: number): Request {
  const next = transition(request, event, now);
  if ("refused" in next) throw new Error(`${event.type} in ${request.state}: ${next.says}`);
  return next;
}

function samplePlan(asked: Planning, text: string, warnings: readonly string[] = [text]): Plan {
  return {
    operation: asked.operation,
    object: { apiVersion: "apps/v1", kind: "Deployment", namespace: "prod", name: "api", uid: "0b7a5a1e-uid" },
    changes: [{ field: text, from: text, to: text }],
    binding: null,
    effects: [text],
    facts: { replicas: 3, labels: {} },
    live: { readAt: noon, resourceVersion: "41", ready: 3, total: 3, lastChange: text, warnings },
  };
}

function sampleGrant(asked: Planning, digest: string) {
  const grant = {
    v: "countersign.grant.v1",
    request: asked.id,
    digest,
    cluster: asked.operation.cluster,
    requester: asked.requester,
    approvers: [],
    tier: "privileged",
    policy: "0".repeat(64),
    grantedAt: noon,
    notAfter: later,
  } as const;
  return { grant, signature: "s" };
}
