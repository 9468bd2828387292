import type { Body, Entry } from "./audit/chain.ts";
import type { AuditEvent } from "./audit/event.ts";
import type { Challenge, Claim, Outcome, Proof, Response } from "./challenge/challenge.ts";
import type { StartedStepUp } from "./challenge/step-up.ts";
import type { Policy } from "./policy/policy.ts";
import type { Subject } from "./policy/subject.ts";
import type { Freeze } from "./request/freeze.ts";
import type { Grant, SignedGrant } from "./request/grant.ts";
import type { Request } from "./request/request.ts";

// Everything the core asks of the outside, with the guarantee each must give. Times are milliseconds since 1970.

/** Chance, unguessable. */
export interface Chance {
  /** `r-` and 10 characters of [a-z0-9], never given twice. */
  requestId(): string;
  /** An id for one attempt to write; the same attempt asked again keeps it. */
  operationId(): string;
}

/** Which side of the wall must look at a request next; of the workers, those of one cluster. */
export type Side = "web" | `worker:${string}`;

/** `heldUntil`: a worker has a lease, or it is held up, so nobody need look before. */
export interface Turn {
  readonly side: Side;
  readonly heldUntil?: number;
}

/** One step in a request's life, as one atomic act. */
export interface Step {
  /** The same id asked again gets the same answer and changes nothing. */
  readonly operationId: string;
  readonly next: Request;
  /** The version this step was computed from; 0 = the request must not exist yet. */
  readonly expect: number;
  readonly event: AuditEvent;
  /** Refused when the store's clock is past this: leases and deadlines are the store's to judge. */
  readonly notAfter?: number;
  /** Refused when the store's clock has not reached this. */
  readonly notBefore?: number;
  /** Whose turn it is now, and until when somebody holds it already; absent = nobody's turn. */
  readonly turn?: Turn;
  /** When the request lapses by itself; absent = never. */
  readonly deadline?: number;
  /** Taken in the same act, or the step is refused: one code or one step-up counts once across all processes. */
  readonly claim?: Claim;
  /** Kept for reuse within the window that policy allows. */
  readonly remember?: Proof;
  /** Locks that this request takes in the same act, all of them or none; what it holds already it keeps. */
  readonly take?: readonly string[];
  /** Refused in the same act while this cluster is frozen; whoever was refused is looked at again once it is not. */
  readonly unlessFrozen?: string;
  /** Gives back every lock this request holds, in the same act, and has those looked at soon who waited for one. */
  readonly release?: true;
  /**
   * Of a request that broke the glass. `begins`: its requester owes a review from this act on, and the step is refused
   * while they owe another; `stands`: they owe it still; `over`: they do not.
   */
  readonly review?: "begins" | "stands" | "over";
}

export type StepAnswer =
  | { readonly kept: true; readonly version: number }
  /** `moved`: another step came first; read again. */
  | { readonly kept: false; readonly because: "moved" | "too-late" | "too-early" | "code-already-used" }
  | { readonly kept: false; readonly because: "frozen"; readonly by: Freeze }
  /** The requester owes the review of this request. */
  | { readonly kept: false; readonly because: "review-owed"; readonly by: string }
  /** Another request holds this lock. */
  | { readonly kept: false; readonly because: "target-busy"; readonly by: string; readonly lock: string };

/** A review that somebody owes who broke the glass. */
export interface OpenReview {
  readonly request: string;
  readonly subject: string;
}

/** A request as it was read, with the version to compute from and the store's clock at that moment. */
export interface Stored {
  readonly request: Request;
  readonly version: number;
  readonly now: number;
}

/**
 * The record of requests. `keep` is one atomic act: the record, its audit entry, its indexes and the claim of a code
 * are written together or not at all, durably before it answers, and at most once per operation id. Read-after-write
 * consistent across processes and restarts. Throws when it cannot tell; then nothing may be assumed. What a read brought
 * may be forgotten after an hour, and the rest of a record never.
 */
export interface RequestStore {
  now(): Promise<number>;
  read(id: string): Promise<Stored | undefined>;
  keep(step: Step): Promise<StepAnswer>;
  /** Ids of this person's requests, newest first. */
  of(subject: string, limit: number): Promise<readonly string[]>;
  /** Ids of this person's changes that succeeded, newest first; at least the last 100 are kept. Reads are none. */
  changesOf(subject: string, limit: number): Promise<readonly string[]>;
  /** The last proof this person gave, of whatever age. */
  lastProof(subject: string): Promise<Proof | undefined>;
  /** Whose reviews are open, and of which requests. */
  openReviews(): Promise<readonly OpenReview[]>;
  /** Puts one back that is not on the list, in one atomic act with its audit entry; people are told of it. */
  restoreReview(operationId: string, review: OpenReview): Promise<void>;
  /** Requests whose deadline has passed. */
  overdue(limit: number): Promise<readonly string[]>;
  /** Requests that wait for this side and were not looked at since `patience` ms; marks them as looked at. */
  waiting(side: Side, patience: number, limit: number): Promise<readonly string[]>;
}

/** The audit trail. Append-only: an entry is durable before `append` answers, and stands behind all earlier ones. */
export interface Trail {
  append(event: AuditEvent): Promise<void>;
  entries(from?: number): AsyncIterable<Entry>;
  head(): Promise<{ readonly entries: number; readonly head: string }>;
}

/** What people must be told of beside any request: entries of the trail, each told at least once. */
export interface Alarms {
  /** Those that nobody has told for half a minute; marks them as being told. */
  due(limit: number): Promise<readonly Entry[]>;
  told(seq: number): Promise<void>;
}

/** Makes the body of an entry: knows the writer and its clock. */
export type Scribe = (event: AuditEvent) => Body;

/** Wakes the other side. Only a hint: it may be lost or come twice, and nothing may rest on it. */
export interface Wake {
  wake(side: Side, request: string): Promise<void>;
  /** What Slack shows of this request may be out of date. */
  show(request: string): Promise<void>;
}

/** Who is there: workers say which clusters they serve, and are forgotten when they do not say so again. */
export interface Presence {
  /** Counts these clusters as served for so many ms, by the store's clock. */
  serve(clusters: readonly string[], forMs: number): Promise<void>;
  served(cluster: string): Promise<boolean>;
}

/** Remembers what was seen, across processes. */
export interface Once {
  /** True for exactly one caller per key until the time is over; throws when it cannot tell. */
  first(key: string, forMs: number): Promise<boolean>;
}

/** A message that stands for one surface of a request, such as its card. */
export interface Posted {
  readonly channel: string;
  readonly ts: string;
  /** SHA-256 of what was posted, so that only what differs is posted again. */
  readonly digest: string;
}

/** A lease on showing one request. */
export interface Showing {
  readonly request: string;
  readonly token: string;
  /** Surface -> what stands in Slack, as far as we know. */
  readonly posted: Readonly<Record<string, Posted>>;
  /**
   * An earlier holder may have posted what is not in `posted`, at this time or later, in ms since 1970 by the showcase's
   * clock; absent when every holder so far has said what became of its posts.
   */
  readonly unsureSince?: number;
}

/** How a lease on showing a request ended. */
export type Shown = { readonly shown: number } | { readonly retryAfterMs: number; readonly unsure?: true };

/** What Slack shows of requests. Serializes: at most one process shows a request at a time. */
export interface Showcase {
  /**
   * A lease for so many ms, or undefined while another process has one. It is durable before this answers that the holder
   * may post: one who dies before its `release` leaves `unsureSince` to the next.
   */
  take(request: string, forMs: number): Promise<Showing | undefined>;
  /** Remembers a surface, durably; false = the lease was lost, and nothing was written. */
  put(showing: Showing, surface: string, posted: Posted): Promise<boolean>;
  /**
   * Ends the lease. `shown` = up to this version of the record; else look again after `retryAfterMs`. `unsure`: a post may
   * stand that is not remembered, and the next holder is told since when.
   */
  release(showing: Showing, done: Shown): Promise<void>;
  /** Requests whose surfaces may be out of date and were not looked at since `patience` ms; marks them as looked at. */
  waiting(patience: number, limit: number): Promise<readonly string[]>;
  /** Reserves the next post into a channel; answers how many ms from now it may go out. */
  reserve(channel: string, intervalMs: number): Promise<number>;
  /** Slack asked for a pause: no post into this channel for so many ms. */
  pause(channel: string, forMs: number): Promise<void>;
}

/** Who is who. A person that is not listed is nobody; an answer may be at most 60 s old. */
export interface Directory {
  subject(sub: string): Promise<Subject | undefined>;
  /** By Slack team id and user id, linked explicitly; never by name or e-mail. */
  bySlack(team: string, user: string): Promise<Subject | undefined>;
  /** Who in Slack this subject is: user ids. */
  slackUsers(sub: string): Promise<readonly string[]>;
  /** Everybody there is. */
  people(): Promise<readonly Subject[]>;
}

/** User groups of Slack, where the policy lets them count. */
export interface SlackGroups {
  /** Whether Slack lists this account in this user group; at most 60 s old, and false while it cannot tell. */
  lists(group: string, account: { readonly team: string; readonly user: string }): Promise<boolean>;
}

/** The policy in force; the same object until a new revision is loaded whole. */
export interface PolicySource {
  current(): Policy;
}

/** A way to prove presence. It never writes state, except counting failures. */
export interface Authenticator {
  readonly name: Proof["authenticator"];
  /** Judges a response to this challenge at `now`. A fault is `unavailable`, never `approved`. */
  submit(challenge: Challenge, response: Response, now: number): Promise<Outcome>;
  isEnrolled(subject: string): Promise<boolean>;
}

/** Those that are set up here, by name. */
export type Authenticators = ReadonlyMap<Proof["authenticator"], Authenticator>;

/**
 * Checks what others signed, by public keys alone: those of the identity provider, and those of registered passkeys. Each
 * process has one of its own. Whoever holds all of ours can make nothing that it takes.
 */
export interface Witness {
  /**
   * Why the proof's evidence does not show that its subject was present at `proof.at` and, where it is bound, meant
   * `proof.digest`; undefined when it does. Throws WitnessAway while it cannot tell: the provider's keys cannot be read.
   */
  whyNot(proof: Proof): Promise<string | undefined>;
}

/** Links to a step-up on our own page. Only the web process holds one. */
export interface StepUpLinks {
  /** A new link, with a salt of its own of 256 random bits. */
  make(about: Omit<StartedStepUp, "salt">): string;
  /** What a link of ours stands for, however old it is; undefined for any other text. */
  read(link: string): StartedStepUp | undefined;
}

/**
 * Signs what the web process itself has seen, a proof or an approval, so that whoever can write records cannot add one.
 * Only the web process holds one.
 */
export interface Attestor {
  attest(statement: Statement): string;
  /** False for any other statement, and for anything that is no signature of ours. */
  holds(statement: Statement, signature: string): boolean;
}

/** What is signed: canonical JSON, whose `v` keeps one kind of statement from standing for another. */
export type Statement = { readonly v: `countersign.${string}`; readonly [fact: string]: unknown };

/** Signs grants with Ed25519. Only the web process holds one. */
export interface GrantSigner {
  sign(grant: Grant): SignedGrant;
}

/** Checks grants with the public key alone. */
export interface GrantVerifier {
  verify(signed: SignedGrant): boolean;
  /** Whether the web process signed this. */
  holds: Attestor["holds"];
}
