import type { ImagePlace } from "../operation/image.ts";
import type { OperationKind, RunRunbook } from "../operation/operation.ts";
import type { PatchedKind } from "../operation/patchable.ts";
import type { PlanFacts } from "../operation/plan.ts";
import type { Runbook } from "../operation/runbook.ts";
import type { AuthenticatorName } from "./authenticator.ts";
import type { Subject } from "./subject.ts";

/** What proof of presence it takes: for this very request, or within so many milliseconds, never extended by use. */
export interface StepUp {
  readonly within?: number;
  /** Or one given within so many milliseconds in the same tier for the same objects; never extended by use either. */
  readonly reuse?: number;
  /** It must name this very plan, signed by an authenticator or the identity provider and not by us. */
  readonly bound?: true;
  /** By one of these authenticators; absent: by any. */
  readonly by?: readonly AuthenticatorName[];
}

/** How many distinct people must approve, out of which groups, and with what proof of their own. */
export interface ApprovalRule {
  readonly count: number;
  readonly from: readonly string[];
  readonly stepUp?: StepUp;
  /** Who can approve is reminded once, so many milliseconds after the stage has opened. */
  readonly remind?: number;
  readonly escalate?: Escalation;
}

/** Who else is told that nobody approves. It lets nobody approve who may not. */
export interface Escalation {
  /** Milliseconds after the stage has opened; at once where too few could approve at all. */
  readonly after: number;
  /** Slack channels by id, and groups as `group:NAME`, whose people are mentioned. */
  readonly to: readonly string[];
}

/** The first stage of the approvals, and those after it: each opens only when the one before is full. */
export interface Approvals extends ApprovalRule {
  readonly next?: readonly ApprovalRule[];
}

/** What a reason must have, beside being there. */
export interface ReasonRule {
  /** In characters. */
  readonly minLength?: number;
  /** It names a ticket of one of these, such as OPS-123 for OPS. */
  readonly tickets?: readonly string[];
}

/** What stands in the place of approvals where somebody breaks the glass: a review, afterwards. */
export interface ReviewRule {
  /** Within so many milliseconds of the grant. */
  readonly review: number;
  /** By somebody of one of these groups, never the requester. */
  readonly from: readonly string[];
}

/** What a tier asks for; an empty one asks for nothing. */
export interface Requirements {
  readonly stepUp?: StepUp;
  readonly approvals?: Approvals;
  /** What the reason must be. */
  readonly reason?: ReasonRule;
  /** Slack channels, by id, that are told of it from the decision to its end. */
  readonly notify?: readonly string[];
  /** From asking to the grant, in milliseconds, where that is shorter than the house's. */
  readonly expires?: number;
  /** From the grant to the beginning of the execution, in milliseconds, where that is shorter than the house's. */
  readonly window?: number;
  /** The tier is one of break-glass: no approval before, a review after. */
  readonly breakGlass?: ReviewRule;
}

/** A tier that ends the matter carries `deny`, the sentence people are told. */
export interface Tier {
  readonly name: string;
  readonly requirements: Requirements;
  readonly deny?: string;
}

/** Says who may ask for which kind of operation, and from which tier it starts; never about the environment. */
export interface Permit {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly operations: readonly string[];
  readonly tier: string;
}

/** What a condition is evaluated on: facts by the part of their names before the dot. What is unknown is absent. */
export type Known = Readonly<Record<string, unknown>>;

/** A condition of a raise, compiled and type-checked. */
export interface Condition {
  readonly text: string;
  /** The facts it asks for, by the part of their names before the dot. */
  readonly about: ReadonlySet<string>;
  /** True unless it is false for certain: what cannot be evaluated, for an unknown fact or another reason, holds. */
  holds(known: Known): boolean;
}

/** Lifts the tier where all of its matchers match; a fact that is unknown matches. */
export interface Raise {
  readonly name: string;
  readonly operations?: readonly string[];
  readonly subjects?: readonly string[];
  readonly clusters?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly names?: readonly string[];
  /** Label -> values, any of which matches. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** Matches when the plan touches more pods than this. */
  readonly replicasOver?: number;
  /** Matches an elevation to one of these roles. */
  readonly roles?: readonly string[];
  /** Matches an elevation for more than so many milliseconds. */
  readonly longerThan?: number;
  /** Matches where this does not answer false for certain. */
  readonly when?: Condition;
  /** Matches from the first of these moments until the second, in milliseconds since 1970. */
  readonly during?: { readonly from: number; readonly to: number };
  readonly tier: string;
}

/** Which ClusterRoles may be held for a while, and for how long at most, in milliseconds. */
export interface Elevations {
  readonly roles: readonly string[];
  readonly longest: number;
}

/** A whole policy. `tiers` are ordered, weakest first; the order of the rules never matters. */
export interface Policy {
  /** SHA-256 of the document, in every audit entry it decided. */
  readonly revision: string;
  readonly tiers: readonly Tier[];
  readonly permit: readonly Permit[];
  readonly raise: readonly Raise[];
  /** Who may break the glass, for what, and into which tier of break-glass; absent: nobody. */
  readonly breakGlass?: readonly Permit[];
  /** An IANA time zone for what conditions say about the time; absent: UTC. */
  readonly timeZone?: string;
  /** The Slack channels, by id, in which whatever is asked counts as asked in an incident. */
  readonly incidents?: { readonly channels: readonly string[] };
  /** Absent: nobody is elevated. */
  readonly elevations?: Elevations;
  /** Where the images of workloads may be set from; absent: from nowhere. */
  readonly images?: readonly ImagePlace[];
  /** Absent: there are none. */
  readonly runbooks?: readonly Runbook[];
  /** What single fields, labels and annotations may be set; absent: none. */
  readonly fields?: AllowedFields;
  /**
   * Groups that also have those whom Slack lists in a user group, by its id. They may ask for what a permit lets that group
   * ask for, where nothing else permits them and no bound proof is asked for, and count nowhere else.
   */
  readonly slackGroups?: Readonly<Record<string, string>>;
  /** Absent: nobody freezes anything. */
  readonly brake?: Brake;
}

/** The groups that may stop everything new, and those of which two people together may let it go on. */
export interface Brake {
  readonly freeze: readonly string[];
  readonly unfreeze: readonly string[];
}

/** What `patch`, `label` and `annotate` may set; what is not named may not be set. */
export interface AllowedFields {
  readonly patch?: Readonly<Partial<Record<PatchedKind, readonly string[]>>>;
  /** Keys, or `example.com/*` for all keys of a prefix. */
  readonly label?: readonly string[];
  readonly annotate?: readonly string[];
}

/** What one operation would set. */
export interface SetFields {
  readonly by: "patch" | "label" | "annotate";
  readonly kind: string;
  readonly names: readonly string[];
}

/** How unusual a request is for the person who asks, by their own changes that succeeded. */
export interface Unusual {
  readonly firstInNamespace: boolean;
  readonly outsideTheirHours: boolean;
}

/** What a decision is made on beside who asks for what. What is absent is not known, and raises about it match. */
export interface Circumstances {
  /** Milliseconds since 1970, by Redis's clock. */
  readonly now?: number;
  /** The Slack channel it was asked in, by id. */
  readonly channel?: string;
  readonly unusual?: Unusual;
  /** The names of the policy's `slackGroups` in which Slack lists the requester. */
  readonly slackGroups?: readonly string[];
  /** Whoever asks says so, in so many words: it is never a default, and no rule says it for them. */
  readonly breakGlass?: true;
}

/** What a decision is made on. */
export interface DecisionFacts extends Circumstances {
  readonly subject: Subject;
  readonly operation: OperationKind;
  readonly cluster: string;
  /** Where it happens; empty for what belongs to no namespace. */
  readonly namespaces: readonly string[];
  readonly name?: string;
  /** What is decided of a runbook beside the whole: each of its steps, on its own facts. */
  readonly runbook?: { readonly operation: RunRunbook; readonly steps: readonly DecisionFacts[] };
  /** What an elevation would give, and for how many milliseconds; absent for every other operation. */
  readonly elevation?: { readonly role: string; readonly ms: number };
  /** The images it sets, in full. */
  readonly images?: readonly string[];
  /** The fields, labels or annotations it sets. */
  readonly fields?: SetFields;
  /** `not-yet`: before planning, rules about the plan wait. `unknown`: it could not be read, so they match. */
  readonly plan: PlanFacts | "not-yet" | "unknown";
}

/** The highest tier reached, and the rules that led there; or no, and the rule that says so. */
export type Decision =
  | {
      readonly allowed: true;
      readonly tier: string;
      readonly requirements: Requirements;
      readonly rules: readonly string[];
      readonly policy: string;
    }
  | {
      readonly allowed: false;
      readonly rule: string;
      readonly says: string;
      readonly remedy: string;
      readonly policy: string;
    };

export type Allowed = Extract<Decision, { allowed: true }>;
export type Denied = Extract<Decision, { allowed: false }>;
