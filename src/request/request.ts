import type { Challenge, Proof } from "../challenge/challenge.ts";
import type { Plan } from "../operation/plan.ts";
import type { Allowed } from "../policy/policy.ts";
import type { Asked } from "./asked.ts";
import type { Elevation } from "./elevated.ts";
import type { SignedGrant } from "./grant.ts";
import type { HeldUp } from "./held-up.ts";
import type { Review } from "./reviewed.ts";
import type { Waiting } from "./waiting.ts";

/** What is known once the object was read and the policy decided on it. */
export interface Decided extends Asked {
  readonly plan: Plan;
  readonly digest: string;
  readonly decision: Allowed;
  /** For each stage, some of those who could approve when it was decided; more than {@link mostNamed} are not named. */
  readonly approvers?: readonly (readonly string[])[];
}

/** Of more people than this, none of the others is named. */
export const mostNamed = 20;

/** One approver's yes, with the proof their tier asked for. */
export interface Approval {
  readonly subject: string;
  readonly at: number;
  readonly digest: string;
  readonly proof?: Proof;
  /** The web process's own, over {@link approvalStatement}. */
  readonly signature: string;
}

/** What is signed of an approval: also to which request it was given. */
export function approvalStatement(request: string, approval: Omit<Approval, "signature">) {
  const { subject, at, digest, proof } = approval;
  return { v: "countersign.approval.v1", request, subject, at, digest, proof: proof?.signature ?? null } as const;
}

/** The worker's lease on a granted request. A higher fence makes every lower one void. */
export interface Claim {
  readonly worker: string;
  readonly fence: number;
  readonly leaseUntil: number;
}

/** What the write-ahead entry names: enough to repeat the same bytes with the same precondition. */
export interface Intent {
  readonly at: number;
  /** Which step of the plan, from 0; those before it are done. */
  readonly step: number;
  /** "" where the step's precondition is the uid alone. */
  readonly resourceVersion: string;
  /** The object's `metadata.generation` then: while it stands, its spec was changed by nobody. */
  readonly generation?: number;
}

/** How far it has come, as the objects themselves show. */
export interface Progress {
  readonly at: number;
  /** One sentence without its full stop: "2 of 6 pods replaced, 5 available". */
  readonly says: string;
}

/** Evidence of what was done, or what is not known about it. */
export interface Outcome {
  readonly at: number;
  readonly says: string;
  /** `Audit-Id` headers of the API server's answers, for the join with its own audit log. */
  readonly apiAuditIds: readonly string[];
  /** The `jti` claim of the token that acted. */
  readonly credential?: string;
}

/** A look at the cluster that a person asked for, and what a worker saw then. */
export interface Look {
  readonly at: number;
  /** The subject who asked. */
  readonly by: string;
  /** Absent as long as no worker has looked. */
  readonly found?: { readonly at: number; readonly says: string };
}

/** After so many looks at one request only a person can end it. */
export const mostLooks = 10;

/** What a person says of an outcome that nobody knows. It is their word, never the cluster's. */
export interface Settlement {
  readonly as: "ran" | "did-not-run";
  readonly subject: string;
  readonly at: number;
  readonly why: string;
  readonly proof?: Proof;
  /** The web process's own, over {@link settlementStatement}. */
  readonly signature: string;
}

/** What is signed of a settlement: also of which request, and of which plan. */
export function settlementStatement(
  { id, digest }: { readonly id: string; readonly digest: string },
  { as, subject, at, why, proof }: Omit<Settlement, "signature">,
) {
  const v = "countersign.settlement.v1";
  return { v, request: id, digest, as, subject, at, why, proof: proof?.signature ?? null } as const;
}

export interface Planning extends Asked {
  readonly state: "planning";
  readonly heldUp?: HeldUp;
  readonly plan?: Plan;
  readonly digest?: string;
}
export interface AwaitingChallenge extends Decided {
  readonly state: "awaiting-challenge";
  readonly challenge: Challenge;
}
export interface AwaitingApproval extends Decided {
  readonly state: "awaiting-approval";
  readonly proof?: Proof;
  readonly approvals: readonly Approval[];
  /** Subject -> wrong codes given while approving. */
  readonly wrongCodes: Readonly<Record<string, number>>;
  readonly waiting?: Waiting;
}
interface Approved extends Decided {
  readonly proof?: Proof;
  readonly approvals: readonly Approval[];
  readonly grant: SignedGrant;
  /** Of a request that broke the glass. */
  readonly review?: Review;
}
export interface Granted extends Approved {
  readonly state: "granted";
  readonly claim?: Claim;
  readonly heldUp?: HeldUp;
}
export interface Executing extends Approved {
  readonly state: "executing";
  readonly claim: Claim;
  readonly intent: Intent;
  readonly progress?: Progress;
  readonly kept?: string;
}
interface Ran extends Approved {
  readonly outcome: Outcome;
  readonly claim: Claim;
  readonly intent?: Intent;
  readonly progress?: Progress;
  /** What a read came back with, until the store forgets it. */
  readonly answer?: string;
  /** What is left to be taken away, or was. */
  readonly elevation?: Elevation;
  /** The manifest of what was to be removed, as JSON that kubectl applies; never shown in Slack, nor in the trail. */
  readonly kept?: string;
  /** The looks people asked for while nobody knew what had come of it; at most {@link mostLooks}. */
  readonly looks?: readonly Look[];
}
export interface Finished extends Ran {
  readonly state: "succeeded" | "failed";
  /** What a person had said before a worker knew better. */
  readonly settlement?: Settlement;
  /** Why it is not offered any more to be undone: its time was over, or by which request somebody asked for it. */
  readonly undo?: { readonly at: number; readonly asked?: { readonly subject: string; readonly request: string } };
}
/** Nobody can tell whether it ran. */
export interface Unknown extends Ran {
  readonly state: "unknown";
  /** Subject -> wrong codes given while settling. */
  readonly wrongCodes?: Readonly<Record<string, number>>;
}
/** A person said what came of it; `outcome` is still that of {@link Unknown}. */
export interface Settled extends Ran {
  readonly state: "settled";
  readonly settlement: Settlement;
}
/** Ended before anything ran. */
export interface Ended extends Asked, Partial<Pick<Decided, "plan" | "digest" | "decision">> {
  readonly state: "cancelled" | "expired" | "denied" | "conflict" | "failed";
  readonly ended: {
    readonly at: number;
    /** The subject, the rule or the part of the house that ended it. */
    readonly by: string;
    readonly why: string;
    readonly was: State;
  };
  readonly proof?: Proof;
  readonly approvals?: readonly Approval[];
}

/** The life of one privileged operation; each state carries exactly what is known by then. */
export type Request =
  | Planning
  | AwaitingChallenge
  | AwaitingApproval
  | Granted
  | Executing
  | Finished
  | Unknown
  | Settled
  | Ended;
export type State = Request["state"];

export const states = [
  "planning",
  "awaiting-challenge",
  "awaiting-approval",
  "granted",
  "executing",
  "succeeded",
  "failed",
  "unknown",
  "settled",
  "cancelled",
  "expired",
  "denied",
  "conflict",
] as const satisfies readonly State[];

/** A state as it stands in a sentence. */
export function inWords(state: State): string {
  return state.replaceAll("-", " ");
}

/** No event leaves these, but `unknown` becomes what a worker finds out or a person says, and an elevation ends. */
export function isOver(request: Request): request is Finished | Unknown | Settled | Ended {
  return "outcome" in request || "ended" in request;
}
