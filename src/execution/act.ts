import type { Change } from "../operation/operation.ts";
import type { Plan, PlannedObject } from "../operation/plan.ts";
import type { ApiAnswer, KubeObject, Session } from "../ports.ts";

/** A plan of a change, which is always about one object. */
export type ChangePlan = Plan & { readonly object: PlannedObject };

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
  /** Reads the object with the reader's account and says what would change. Changes nothing. */
  plan(reader: Session, operation: O, now: number): Promise<ChangePlan | Unplannable>;
  /**
   * The one call that changes the cluster, with uid and resourceVersion as preconditions: at most one call with the
   * same `resourceVersion` has an effect. With `dryRun` the server checks everything and stores nothing.
   */
  apply(
    session: Session,
    plan: ChangePlan,
    how: { stamp: Stamp; resourceVersion: string; dryRun: boolean },
  ): Promise<ApiAnswer>;
  /** Whether the object as it is shows that this very request was applied. */
  applied(object: KubeObject, plan: ChangePlan, stamp: Stamp): boolean;
}
