import type { Change } from "../operation/operation.ts";
import type { Plan, PlannedObject } from "../operation/plan.ts";
import type { Subject } from "../policy/subject.ts";
import type { ApiAnswer, KubeObject, ObjectRef, Session } from "../ports/cluster.ts";

/** A plan of a change, which is always about one object. */
export type ChangePlan = Plan & { readonly object: PlannedObject };

/** A plan as it was just made, with what is kept of an object that it removes: not shown, and not part of the plan. */
export type FreshPlan = ChangePlan & { readonly keep?: string };

export function changePlanOf(plan: Plan): ChangePlan | undefined {
  return plan.object ? { ...plan, object: plan.object } : undefined;
}

/** Derived from the grant alone, so that a repeat sends the same bytes. */
export interface Stamp {
  readonly request: string;
  readonly digest: string;
  /** When it was granted, milliseconds since 1970. */
  readonly at: number;
}

/** It cannot be planned, and asking again will not help; `says` is for people. */
export interface Unplannable {
  readonly unplannable: string;
}

/** How one operation is planned and done. One file of `execution/` makes one of these. */
export interface Act<O extends Change = Change> {
  /**
   * Reads the object with the reader's account and says what would change. Changes nothing. `request` is the id of the
   * request, which may name what is made; what is done for a person takes the requester, as the worker knows them.
   */
  plan(
    reader: Session,
    operation: O,
    now: number,
    request: string,
    requester?: Subject,
  ): Promise<FreshPlan | Unplannable>;
  /**
   * The one call that changes the cluster, with uid and resourceVersion as preconditions: where the catalogue calls the
   * operation idempotent, at most one call with the same `resourceVersion` has an effect; else it is sent once, ever. With `dryRun` the server checks everything and stores nothing.
   */
  apply(
    session: Session,
    plan: ChangePlan,
    how: { stamp: Stamp; resourceVersion: string; dryRun: boolean },
  ): Promise<ApiAnswer>;
  /** Which object shows whether the call was made; absent: the object of the plan. */
  mark?(plan: ChangePlan, request: string): ObjectRef;
  /** What that object as it is, or its absence, says of this very call. */
  shows(object: KubeObject | undefined, plan: ChangePlan, about: About): Verdict;
  /**
   * What to say instead of a success that no answer told of: absent where the object itself shows that the change is ours.
   * What is gone shows nothing of who removed it.
   */
  readonly untold?: string;
  /** Waits for what the change sets off; absent: it is done with the call. */
  follow?(at: Following): Promise<Ending>;
}

/** Whether a call of ours had its effect: `not-done` only where that is certain. */
export type Verdict = "done" | "not-done" | "unclear";

/** Which call is asked about: whose, and what the object's generation was before it, where that is known. */
export interface About {
  readonly stamp: Stamp;
  readonly generation: number | undefined;
}

/** What there is to watch after a change. */
export interface Following {
  readonly session: Session;
  readonly plan: ChangePlan;
  /** The object as it was read after the change; undefined = it is gone. */
  readonly from: KubeObject | undefined;
  /** Told of every step that differs from the one before: one sentence without its full stop. */
  readonly tell: (says: string) => Promise<void>;
  /** Whether the grant still stands: what sends more than one call must send no more without it, and only look. */
  readonly maySend: boolean;
  readonly signal: AbortSignal;
}

/** How it came out, once the change itself was made; `says` stands in a sentence. */
export type Ending = (
  | { readonly well: true; readonly says: string }
  | { readonly well: false; readonly why: string }
) & {
  /** Of the calls that were sent after the first. */
  readonly auditIds?: readonly string[];
};
