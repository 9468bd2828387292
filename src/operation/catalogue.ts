import { autoscale, autoscalerForms } from "./catalogue/autoscalers.ts";
import { elevate, elevationForms, elevations } from "./catalogue/elevations.ts";
import { annotate, fieldForms, label, patch } from "./catalogue/fields.ts";
import { imageForms, setImage } from "./catalogue/images.ts";
import { createJob, jobForms, resumeCronJob, suspendCronJob } from "./catalogue/jobs.ts";
import { logs } from "./catalogue/logs.ts";
import { cordon, drain, nodeForms, uncordon } from "./catalogue/nodes.ts";
import { deletePod, deletePodForce } from "./catalogue/pods.ts";
import { describe, events, get, readForms } from "./catalogue/reads.ts";
import { deleteConfigMap, deleteDeployment, deleteJob, deleteStatefulSet, removalForms } from "./catalogue/removals.ts";
import { revisionForms, rolloutUndo } from "./catalogue/revisions.ts";
import { rolloutHistory, rolloutStatus } from "./catalogue/rollouts.ts";
import { runbook } from "./catalogue/runbooks.ts";
import { top } from "./catalogue/usage.ts";
import { rolloutPause, rolloutRestart, rolloutResume, scale, workloadForms } from "./catalogue/workloads.ts";
import type { Entry, Form } from "./entry.ts";
import { namespaceOf, type Operation, type OperationKind } from "./operation.ts";

/** Every operation there is: one that is in the union and not here does not compile. */
export const catalogue: { readonly [K in OperationKind]: Entry<Extract<Operation, { kind: K }>> } = {
  get,
  describe,
  events,
  logs,
  "rollout-status": rolloutStatus,
  "rollout-history": rolloutHistory,
  top,
  elevations,
  "rollout-restart": rolloutRestart,
  "rollout-pause": rolloutPause,
  "rollout-resume": rolloutResume,
  "rollout-undo": rolloutUndo,
  "set-image": setImage,
  autoscale,
  scale,
  "delete-pod": deletePod,
  "delete-pod-force": deletePodForce,
  elevate,
  "delete-deployment": deleteDeployment,
  "delete-statefulset": deleteStatefulSet,
  "delete-job": deleteJob,
  "delete-configmap": deleteConfigMap,
  "create-job": createJob,
  "suspend-cronjob": suspendCronJob,
  "resume-cronjob": resumeCronJob,
  patch,
  label,
  annotate,
  cordon,
  uncordon,
  drain,
  runbook,
};

/** Every way to ask for one. */
export const forms: readonly Form<Operation>[] = [
  ...readForms,
  ...workloadForms,
  ...revisionForms,
  ...imageForms,
  ...autoscalerForms,
  ...removalForms,
  ...elevationForms,
  ...jobForms,
  ...fieldForms,
  ...nodeForms,
];

export function entryOf<O extends Operation>(operation: O): Entry<O> {
  return catalogue[operation.kind] as unknown as Entry<O>;
}

/** The accounts it runs under: its own, or those of its steps. */
export function accountsOf(operation: Operation): readonly string[] {
  if (operation.kind !== "runbook") return [entryOf(operation).account];
  return [...new Set(operation.steps.map((step) => entryOf(step).account))];
}

/** The command line that asks for this operation, without the reason: what approvers and the audit trail see. */
export function spoken(operation: Operation): string {
  const namespace = namespaceOf(operation);
  const where = `${namespace === undefined ? "" : `-n ${namespace} `}-c ${operation.cluster}`;
  return `${entryOf(operation).say(operation)} ${where}`;
}
