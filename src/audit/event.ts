/**
 * What can be recorded, closed: nothing of free form, no code, token, seed, response URL or command output ever.
 * Facts are flat, so that they can be read in ten years.
 */
export type AuditEvent =
  | (About & {
      readonly kind: "request.asked";
      readonly subject: string;
      readonly spoken: string;
      readonly reason: string;
      readonly channel: string;
    })
  /** Nothing was recorded but the no itself. */
  | {
      readonly kind: "request.refused";
      readonly subject: string;
      readonly code: string;
      readonly why: string;
      readonly spoken?: string;
      /** The revision that said so, where a policy did. */
      readonly policy?: string;
    }
  | (About & {
      readonly kind: "plan.made";
      readonly digest: string;
      readonly object: string;
      readonly uid: string;
      readonly change: string;
    })
  | (About & { readonly kind: "plan.failed"; readonly why: string })
  | (About & { readonly kind: "request.held-up"; readonly why: string })
  | (About & {
      readonly kind: "policy.decided";
      readonly tier: string;
      readonly rules: string;
      readonly policy: string;
    })
  | (About & { readonly kind: "policy.denied"; readonly rule: string; readonly why: string; readonly policy?: string })
  /** A process takes a new revision into use, or refuses one that is faulty and stays with the one it had. */
  | { readonly kind: "policy.taken"; readonly revision: string; readonly was: string }
  | { readonly kind: "policy.refused"; readonly stays: string; readonly why: string }
  | (About & {
      readonly kind: "proof.given";
      readonly subject: string;
      readonly authenticator: string;
      readonly digest: string;
      readonly of: string;
      /** SHA-256 of what somebody else signed, as canonical JSON. */
      readonly evidence?: string;
    })
  | (About & {
      readonly kind: "proof.refused";
      readonly subject: string;
      /** `last-wrong-code` denies the request. */
      readonly because: "wrong-code" | "last-wrong-code";
    })
  /** A push was counted, and is sent now. */
  | (About & { readonly kind: "push.begun"; readonly subject: string })
  /** They said that they had not asked for this push. */
  | (About & { readonly kind: "push.disowned"; readonly subject: string })
  | (About & {
      readonly kind: "approval.given";
      readonly subject: string;
      readonly digest: string;
      /** Of the proof that stands behind it; absent where none was asked for. */
      readonly authenticator?: string;
      readonly evidence?: string;
      readonly count: number;
      readonly of: number;
    })
  /** How many people were mentioned; `stage` counts from 1. */
  | (About & { readonly kind: "approval.reminded"; readonly stage: number; readonly called: number })
  | (About & {
      readonly kind: "approval.escalated";
      readonly stage: number;
      readonly called: number;
      readonly to: string;
    })
  | (About & { readonly kind: "approval.refused"; readonly subject: string; readonly code: string })
  | (About & { readonly kind: "request.denied"; readonly subject: string; readonly why: string })
  | (About & { readonly kind: "request.cancelled"; readonly subject: string; readonly why: string })
  | (About & { readonly kind: "request.expired"; readonly was: string })
  | (About & {
      readonly kind: "grant.signed";
      readonly digest: string;
      readonly approvers: string;
      readonly tier: string;
      readonly policy: string;
      readonly notAfter: number;
      readonly signature: string;
      /** Of one that broke the glass: when its review is due. */
      readonly reviewBy?: number;
    })
  | (About & { readonly kind: "grant.refused"; readonly why: string })
  | (About & { readonly kind: "execution.claimed"; readonly worker: string; readonly fence: number })
  | (About & { readonly kind: "execution.conflict"; readonly why: string })
  | (About & {
      readonly kind: "execution.intent";
      readonly digest: string;
      readonly fence: number;
      readonly step: number;
      readonly resourceVersion: string;
      /** SHA-256 of the manifest that was kept of what the call removes. */
      readonly kept?: string;
    })
  | (About & { readonly kind: "execution.progress"; readonly says: string })
  | (About & {
      readonly kind: "execution.outcome";
      readonly as: string;
      readonly why: string;
      readonly apiAuditIds: string;
      readonly credential: string;
    })
  /** Asked for by a request of its own, `by`. */
  | (About & { readonly kind: "undo.asked"; readonly subject: string; readonly by: string })
  | (About & { readonly kind: "undo.lapsed" })
  /** Somebody opened the form to say what came of a request of which nobody knows it. */
  | (About & { readonly kind: "settlement.begun"; readonly subject: string; readonly as: string })
  | (About & {
      readonly kind: "settlement.given";
      readonly subject: string;
      /** `ran` or `did-not-run`: what a person says, never what the cluster said. */
      readonly as: string;
      readonly why: string;
      readonly digest: string;
      readonly signature: string;
    })
  | (About & { readonly kind: "settlement.refused"; readonly subject: string; readonly code: string })
  | (About & { readonly kind: "look.asked"; readonly subject: string })
  | (About & { readonly kind: "look.answered"; readonly as: string; readonly why: string })
  /** Somebody opened the form to close the review of a request that broke the glass. */
  | (About & { readonly kind: "review.begun"; readonly subject: string })
  | (About & {
      readonly kind: "review.closed";
      readonly subject: string;
      readonly why: string;
      readonly digest: string;
      readonly authenticator: string;
      /** As of a proof. */
      readonly evidence?: string;
      readonly signature: string;
    })
  | (About & { readonly kind: "review.refused"; readonly subject: string; readonly code: string })
  /** Nobody had closed it in time; `subject` owes it. */
  | (About & { readonly kind: "review.overdue"; readonly subject: string })
  /** It had gone from the list of open ones without being closed. */
  | (About & { readonly kind: "review.restored"; readonly subject: string })
  | (About & { readonly kind: "elevation.revoked"; readonly subject: string; readonly why: string })
  | (About & { readonly kind: "elevation.held-up"; readonly why: string })
  | (About & { readonly kind: "elevation.ended"; readonly how: string; readonly apiAuditIds: string })
  /** A binding that no record accounts for, before it is taken away. */
  | (About & {
      readonly kind: "elevation.leftover";
      readonly cluster: string;
      readonly namespace: string;
      readonly binding: string;
      readonly why: string;
    })
  | (AboutFreeze & { readonly kind: "freeze.set"; readonly why: string })
  /** The first of two. */
  | (AboutFreeze & { readonly kind: "freeze.lift-asked"; readonly why: string; readonly digest: string })
  /** The second of two; `first` is the other. */
  | (AboutFreeze & {
      readonly kind: "freeze.lifted";
      readonly why: string;
      readonly digest: string;
      readonly first: string;
    })
  /** It had gone without being lifted; `subject` had set it. */
  | (AboutFreeze & { readonly kind: "freeze.restored"; readonly why: string })
  | { readonly kind: "freeze.refused"; readonly subject: string; readonly scope: string; readonly code: string }
  | { readonly kind: "enrolment.issued"; readonly subject: string; readonly by: string }
  | {
      readonly kind: "enrolment.completed";
      readonly subject: string;
      readonly credential: string;
      /** With a recovery code: for how long it counts for nothing yet. */
      readonly waitMs?: number;
    }
  | { readonly kind: "enrolment.revoked"; readonly subject: string; readonly by: string }
  | { readonly kind: "recovery.used"; readonly subject: string; readonly credential: string }
  | { readonly kind: "recovery.locked"; readonly subject: string; readonly credential: string }
  | { readonly kind: "passkey.issued"; readonly subject: string; readonly by: string }
  /** Counts for nothing before it stands in the directory. */
  | {
      readonly kind: "passkey.registered";
      readonly subject: string;
      readonly credential: string;
      /** The public key, COSE in base64url. */
      readonly key: string;
    }
  /** A Slack account speaks for this subject from now on; its person confirmed it after logging in. */
  | (AboutLink & { readonly kind: "identity.linked" })
  | (AboutLink & { readonly kind: "identity.unlinked"; readonly by: string })
  /** Somebody logged in to link an account, and must not. */
  | (AboutLink & { readonly kind: "identity.refused"; readonly code: string })
  /** The provider says that this person is in these groups, and did not before; they are parted by commas. */
  | {
      readonly kind: "membership.read";
      readonly subject: string;
      readonly groups: string;
      /** SHA-256 of its ID token. */
      readonly evidence: string;
    }
  /** The provider does not know this person any more, or ended their session: they are nobody until they log in again. */
  | { readonly kind: "membership.ended"; readonly subject: string }
  | { readonly kind: "authenticator.locked"; readonly subject: string; readonly credential: string };

interface AboutFreeze {
  readonly subject: string;
  /** A cluster, or `*` for every one. */
  readonly scope: string;
  readonly freeze: string;
}

interface AboutLink {
  readonly subject: string;
  /** Of the Slack account, by its ids. */
  readonly team: string;
  readonly user: string;
}

interface About {
  readonly request: string;
}

export type AuditKind = AuditEvent["kind"];
