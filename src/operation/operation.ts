import type { Name, Namespace } from "./name.ts";

/** One named workload on the cluster. */
export interface Target {
  readonly kind: "Deployment";
  readonly namespace: Namespace;
  readonly name: Name;
}

/** Lists pods or deployments of one namespace, or shows one of them. Changes nothing. */
export interface Get {
  readonly kind: "get";
  readonly cluster: string;
  readonly resource: "pods" | "deployments";
  readonly namespace: Namespace;
  readonly name?: Name;
}

/** Replaces all pods of a workload, one after the other, as `kubectl rollout restart` does. */
export interface RolloutRestart {
  readonly kind: "rollout-restart";
  readonly cluster: string;
  readonly target: Target;
}

/** Sets the number of replicas of a workload. */
export interface Scale {
  readonly kind: "scale";
  readonly cluster: string;
  readonly target: Target;
  /** 0 to 9999. */
  readonly replicas: number;
}

/** WHAT is asked, closed: nothing that is not in this union can be asked, approved or run. */
export type Operation = Get | RolloutRestart | Scale;
export type OperationKind = Operation["kind"];
/** The operations that change the cluster. */
export type Change = RolloutRestart | Scale;

export function isChange(operation: Operation): operation is Change {
  return operation.kind !== "get";
}

export function namespaceOf(operation: Operation): Namespace {
  return isChange(operation) ? operation.target.namespace : operation.namespace;
}
