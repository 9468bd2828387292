import type { KindName } from "./object-kind.ts";
import type { Operation } from "./operation.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The exact object a plan is about. A successor of the same name has another uid, and is another object. */
export interface PlannedObject {
  readonly apiVersion: string;
  readonly kind: KindName;
  /** Absent for what belongs to none, such as a node. */
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
}

/** "Deployment prod/api", "Node worker-1". */
export function plannedInWords({ kind, namespace, name }: Omit<PlannedObject, "apiVersion" | "uid">): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** One field from -> to, in words people read. */
export interface FieldChange {
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

/** What policy may ask about the object; decided on again at run. */
export interface PlanFacts {
  /** Pods that the operation touches: the larger of before and after. */
  readonly replicas: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the objects that it acts on beside the one it is about. */
  readonly namespaces?: readonly string[];
  /** Those of the steps of a runbook. */
  readonly steps?: readonly PlanFacts[];
}

/** What was seen around the object when it was read. It churns, so the digest leaves it out. */
export interface LiveView {
  /** Milliseconds since 1970, by Redis's clock. */
  readonly readAt: number;
  readonly resourceVersion: string;
  /** `metadata.generation`, which counts changes of the spec. */
  readonly generation?: number;
  readonly ready: number;
  readonly total: number;
  readonly lastChange?: string;
  /** Which pods would be missing at once, who undoes the change, and the like; each one sentence. */
  readonly warnings: readonly string[];
}

/** The resolved, previewed operation. People approve this, whole. */
export interface Plan {
  readonly operation: Operation;
  /** Absent for reads: they are about no single object. */
  readonly object?: PlannedObject;
  /** Further objects that it acts on, in this order. */
  readonly also?: readonly PlannedObject[];
  /** Those of a runbook, in their order; each was made before the first is run. */
  readonly steps?: readonly Plan[];
  readonly changes: readonly FieldChange[];
  /** The fields of the object that the operation touches or relies on, as they are. */
  readonly binding: Json;
  /** One sentence each: what this does to whom. */
  readonly effects: readonly string[];
  readonly facts: PlanFacts;
  readonly live: LiveView;
}

/** The plan of an operation that reads: it binds its words alone. */
export function planOfRead(operation: Operation, readAt: number): Plan {
  return {
    operation,
    changes: [],
    binding: null,
    effects: ["Reads only; changes nothing."],
    facts: { replicas: 0, labels: {} },
    live: { readAt, resourceVersion: "", ready: 0, total: 0, warnings: [] },
  };
}
