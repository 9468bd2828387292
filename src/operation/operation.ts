import type { Autoscale } from "./catalogue/autoscalers.ts";
import type { Elevate, Elevations } from "./catalogue/elevations.ts";
import type { PatchField, SetAnnotations, SetLabels } from "./catalogue/fields.ts";
import type { SetImage } from "./catalogue/images.ts";
import type { CreateJob, ResumeCronJob, SuspendCronJob } from "./catalogue/jobs.ts";
import type { Logs } from "./catalogue/logs.ts";
import type { Cordon, Drain, Uncordon } from "./catalogue/nodes.ts";
import type { DeletePod, DeletePodForce } from "./catalogue/pods.ts";
import type { Describe, Events, Get } from "./catalogue/reads.ts";
import type { DeleteObject } from "./catalogue/removals.ts";
import type { RolloutUndo } from "./catalogue/revisions.ts";
import type { RolloutHistory, RolloutStatus } from "./catalogue/rollouts.ts";
import type { Top } from "./catalogue/usage.ts";
import type { RolloutPause, RolloutRestart, RolloutResume, Scale } from "./catalogue/workloads.ts";
import type { Name, Namespace } from "./name.ts";

/** The operations that change one object of the cluster. */
export type Change =
  | RolloutRestart
  | RolloutPause
  | RolloutResume
  | RolloutUndo
  | SetImage
  | Autoscale
  | Scale
  | DeletePod
  | DeletePodForce
  | Elevate
  | DeleteObject
  | CreateJob
  | SuspendCronJob
  | ResumeCronJob
  | PatchField
  | SetLabels
  | SetAnnotations
  | Cordon
  | Uncordon
  | Drain;
/** The operations that only read. */
export type Read = Get | Describe | Events | Logs | RolloutStatus | RolloutHistory | Top | Elevations;
/** Several changes of one cluster under one name, one after the other, as the policy's runbook of that name has them. */
export interface RunRunbook {
  readonly kind: "runbook";
  readonly cluster: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly steps: readonly Exclude<Change, Elevate | DeleteObject>[];
}
/** WHAT is asked, closed: nothing that is not in this union can be asked, approved or run. */
export type Operation = Read | Change | RunRunbook;
export type OperationKind = Operation["kind"];

const reads: Readonly<Record<Read["kind"], true>> = {
  get: true,
  describe: true,
  events: true,
  logs: true,
  "rollout-status": true,
  "rollout-history": true,
  top: true,
  elevations: true,
};

/** It changes nothing. */
export function isRead(operation: Operation): operation is Read {
  return Object.hasOwn(reads, operation.kind);
}

/** It changes one object. */
export function isChange(operation: Operation): operation is Change {
  return !isRead(operation) && operation.kind !== "runbook";
}

/** The namespace it happens in; undefined for what belongs to none, such as nodes. */
export function namespaceOf(operation: Operation): Namespace | undefined {
  if (operation.kind === "runbook") return undefined;
  return "target" in operation ? operation.target.namespace : operation.namespace;
}

/** The one object it is about; undefined when it is about all of a kind, or reaches all of a namespace. */
export function nameOf(operation: Operation): Name | undefined {
  if (operation.kind === "elevate" || operation.kind === "elevations" || operation.kind === "runbook") return undefined;
  if ("target" in operation) return operation.target.name;
  return operation.kind === "events" ? operation.about?.name : operation.name;
}
