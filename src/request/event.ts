import type { Proof } from "../challenge/challenge.ts";
import type { Plan } from "../operation/plan.ts";
import type { Allowed } from "../policy/policy.ts";
import type { SignedGrant } from "./grant.ts";
import type { Approval, Claim, Intent, Outcome, Progress, Settlement } from "./request.ts";
import type { ReviewWord } from "./reviewed.ts";
import type { Call } from "./waiting.ts";

/** What can happen to a request, closed. Each is tried by {@link transition} and recorded by exactly one audit entry. */
export type RequestEvent =
  /** The worker read the object. */
  | { readonly type: "planned"; readonly plan: Plan; readonly digest: string }
  /** The worker could not plan: no such object, or no answer. */
  | { readonly type: "unplannable"; readonly why: string }
  /** It cannot be gone on with yet: its cluster does not answer, or its object is acted on by another request. */
  | {
      readonly type: "held-up";
      readonly why: string;
      /** Of the worker that had claimed it. */
      readonly fence?: number;
    }
  /** The web process decided the policy on the plan; a proof that is still fresh may come with it. */
  | {
      readonly type: "decided";
      readonly decision: Allowed;
      readonly proof?: Proof;
      readonly challengeExpiresAt: number;
      /** For each stage, some of those who could approve in it by the directory of that moment. */
      readonly approvers?: readonly (readonly string[])[];
    }
  /** A rule of the policy says no, at whatever step it was decided again. */
  | { readonly type: "forbidden"; readonly rule: string; readonly why: string; readonly policy?: string }
  | { readonly type: "proved"; readonly proof: Proof }
  | { readonly type: "proof-failed"; readonly subject: string }
  | { readonly type: "approved"; readonly approval: Approval }
  /** Who can approve the open stage, or whom the policy names beside them, was told that it waits. */
  | ({ readonly type: "reminded" | "escalated" } & Omit<Call, "at">)
  | { readonly type: "denied"; readonly subject: string; readonly why: string }
  | { readonly type: "cancelled"; readonly subject: string; readonly why: string }
  | { readonly type: "expired" }
  | { readonly type: "granted"; readonly grant: SignedGrant }
  | { readonly type: "claimed"; readonly claim: Claim }
  /** The grant is not signed, not for this plan, or no longer carried by policy and quorum. */
  | { readonly type: "grant-refused"; readonly fence: number; readonly why: string }
  /** The object is not what was approved any more. */
  | { readonly type: "conflicted"; readonly fence: number; readonly why: string }
  | {
      readonly type: "intended";
      readonly fence: number;
      readonly intent: Omit<Intent, "at">;
      readonly leaseUntil: number;
      /** The manifest of what the call removes: kept before it is sent, or it could be lost with its worker. */
      readonly kept?: string;
    }
  | { readonly type: "progressed"; readonly fence: number; readonly progress: Progress; readonly leaseUntil: number }
  | {
      readonly type: "finished";
      readonly fence: number;
      readonly as: "succeeded" | "failed" | "unknown";
      readonly outcome: Outcome;
      readonly answer?: string;
      /** This worker was told by the cluster itself that the change was made. */
      readonly made?: true;
    }
  /** A person asked for what takes the change back, by a request of its own. */
  | { readonly type: "undo-asked"; readonly subject: string; readonly request: string }
  /** Taking it back is not offered any more. */
  | { readonly type: "undo-lapsed" }
  /** A person says what came of it, where nobody could tell. */
  | { readonly type: "settled"; readonly settlement: Settlement }
  /** A person wants a worker to look once more what came of it. */
  | { readonly type: "look-again"; readonly subject: string }
  /** What a worker saw when it looked: how it ended, for certain, or that this cannot be told. */
  | {
      readonly type: "looked";
      /** Which look, from 0. */
      readonly look: number;
      readonly as: "succeeded" | "failed" | "unknown";
      readonly says: string;
    }
  /** Somebody who is not the requester closes the review of one that broke the glass. */
  | { readonly type: "reviewed"; readonly word: ReviewWord }
  /** Nobody had closed it when it was due. */
  | { readonly type: "review-overdue" }
  /** Its holder or an approver wants an elevation to end now. */
  | { readonly type: "revoked"; readonly subject: string; readonly why: string }
  /** An elevation that should have ended could not be ended yet. */
  | { readonly type: "elevation-held-up"; readonly why: string }
  | {
      readonly type: "elevation-ended";
      readonly how: "on-time" | "revoked" | "gone";
      readonly apiAuditIds: readonly string[];
    };

export type EventType = RequestEvent["type"];
/** The event of this type. */
export type On<T extends EventType> = Extract<RequestEvent, { type: T }>;
