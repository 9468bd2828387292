import type { Json } from "../operation/plan.ts";
import type { RbacRule } from "../operation/rbac-rule.ts";

// What the core asks of a Kubernetes cluster; only the worker holds one.

/** Names one API resource: `{group: "apps", version: "v1", resource: "deployments"}`. */
export interface Resource {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource?: string;
}

/** One object, or with no name all objects of a namespace. */
export interface ObjectRef extends Resource {
  /** Absent: the resource belongs to no namespace, or a list goes through all of them; only rules of the whole cluster allow either. */
  readonly namespace?: string;
  readonly name?: string;
}

/** How a patch is meant: RFC 7386, a strategic merge patch (lists of containers are merged by name), or RFC 6902. */
export type PatchKind = "merge" | "strategic" | "json";

/** What must still be true of an object for it to be removed, and what becomes of that which it owns. */
export interface Removal {
  readonly uid: string;
  readonly resourceVersion?: string;
  readonly propagation?: "Foreground" | "Background" | "Orphan";
  /** Seconds a pod is given to end by itself; absent: its own. */
  readonly graceSeconds?: number;
}

/** What part of a container's log is read; `limitBytes` is always sent, so that no answer is endless. */
export interface LogSlice {
  readonly container?: string;
  readonly previous?: boolean;
  readonly tailLines: number;
  readonly sinceSeconds?: number;
  readonly limitBytes: number;
}

/** An object as the server wrote it; nothing is dropped or renamed, so digests may be taken over it. */
export type KubeObject = { readonly [key: string]: Json };

/** What this request writes as, in `managedFields` of what it changes: whose a change is can be read off the object. */
export function fieldManagerOf(request: string): string {
  return `countersign-${request}`;
}

/** The server's yes: the object, and the `Audit-Id` of the answer. */
export interface ApiAnswer {
  readonly object: KubeObject;
  readonly auditId: string;
}

export type ClusterFaultCode =
  | "not-found"
  | "conflict"
  | "already-exists"
  | "forbidden"
  | "unauthorized"
  | "invalid"
  | "too-many-requests"
  /** An eviction that a disruption budget has no room for now: nothing happened, and `says` names the budget. */
  | "disruption-budget"
  | "gone"
  | "server-error"
  /** No answer came: the call may or may not have had its effect. */
  | "no-answer"
  /** Refused on our side, before anything was sent: a bad name, or a call the operation did not declare. */
  | "not-sent";

/** The only exception a cluster throws. `says` is safe to show: it holds no token, header or body of ours. */
export class ClusterFault extends Error {
  readonly code: ClusterFaultCode;
  readonly says: string;
  readonly auditId: string | undefined;
  /** How long the server asked to be left alone, in ms, at most 60 s; undefined when it did not say. */
  readonly retryAfterMs: number | undefined;
  constructor(
    code: ClusterFaultCode,
    says: string,
    auditId?: string,
    options?: ErrorOptions & { readonly retryAfterMs?: number },
  ) {
    super(`${code}: ${says}`, options);
    this.name = "ClusterFault";
    this.code = code;
    this.says = says;
    this.auditId = auditId;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/**
 * Calls under one service account's token. Every call passes one choke point: names are checked before a path exists,
 * the call must be among the rules the account declares, and has a deadline. Nothing is ever retried.
 */
export interface Session {
  get(ref: ObjectRef): Promise<ApiAnswer>;
  /** `labels` and `fields` are exact matches. */
  list(
    ref: ObjectRef,
    match?: {
      labels?: Readonly<Record<string, string>>;
      fields?: Readonly<Record<string, string>>;
      limit?: number;
    },
  ): Promise<readonly KubeObject[]>;
  /** Changes one object as {@link fieldManagerOf} this request, unknown fields refused. */
  patch(ref: ObjectRef, kind: PatchKind, body: Json, options?: { dryRun?: boolean }): Promise<ApiAnswer>;
  /** Makes the object that `ref` names; with a subresource (`eviction`), asks it of the one that stands. */
  create(ref: ObjectRef, body: Json, options?: { dryRun?: boolean }): Promise<ApiAnswer>;
  /** Removes one object if it is still the one with this uid; never a collection. */
  remove(ref: ObjectRef, removal: Removal, options?: { dryRun?: boolean }): Promise<ApiAnswer>;
  /** The log of one container of a pod, as text. */
  log(ref: ObjectRef, slice: LogSlice): Promise<string>;
  /** Every change of one named object after `resourceVersion`, until the signal ends it. Reconnects by itself. */
  watch(ref: ObjectRef, resourceVersion: string, signal: AbortSignal): AsyncIterable<KubeObject>;
  /** The `jti` claim of the token in use. */
  readonly credential: string;
}

/** A session that dies with its handle: closing it revokes the token within about 10 s (facts/kubernetes.md). */
export interface BoundSession extends Session {
  close(): Promise<void>;
}

/** Who a session acts as, and all it may ever ask for. */
export interface Account {
  readonly account: string;
  readonly rules: readonly RbacRule[];
}

/** What the worker may do to one cluster with its own account: mint tokens, take tickets. */
export interface Cluster {
  readonly name: string;
  /** A session for reading and dry runs, under a token of 10 minutes that may be used again until it is old. */
  session(account: Account, request: string): Promise<Session>;
  /**
   * A session for acting once: its token is bound to a Secret made for this execution, and is never stored. The tokens
   * of lower fences are revoked first, so that whoever slept under one is shut out by the cluster within about 10 s.
   */
  boundSession(account: Account, request: string, fence: number): Promise<BoundSession>;
  /** What stands in the ticket of this request; undefined where nobody took one. */
  ticket(request: string): Promise<Readonly<Record<string, string>> | undefined>;
  /**
   * The create-once ConfigMap named after the request, in the cluster's own store. At most one caller ever gets
   * `mine`, even when every other record is lost. `taken` carries what the first one wrote.
   */
  takeTicket(
    request: string,
    content: Readonly<Record<string, string>>,
  ): Promise<"mine" | { readonly taken: Readonly<Record<string, string>> }>;
}
