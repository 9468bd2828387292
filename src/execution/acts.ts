import { type Change, isChange, type Operation } from "../operation/operation.ts";
import type { Act } from "./act.ts";
import { autoscale } from "./acts/autoscale.ts";
import { cordon, uncordon } from "./acts/cordon.ts";
import { createJob } from "./acts/create-job.ts";
import { deletePod } from "./acts/delete-pod.ts";
import { deletePodForce } from "./acts/delete-pod-force.ts";
import { drain } from "./acts/drain.ts";
import { elevate } from "./acts/elevate.ts";
import { patchField } from "./acts/patch-field.ts";
import { removeObject } from "./acts/remove-object.ts";
import { rolloutPause, rolloutResume } from "./acts/rollout-pause.ts";
import { rolloutRestart } from "./acts/rollout-restart.ts";
import { rolloutUndo } from "./acts/rollout-undo.ts";
import { scale } from "./acts/scale.ts";
import { setImage } from "./acts/set-image.ts";
import { setAnnotations, setLabels } from "./acts/set-marks.ts";
import { resumeCronJob, suspendCronJob } from "./acts/suspend-cron-job.ts";

/** Every change there is, by kind: one that is added to the union and not here does not compile. */
const acts: { readonly [K in Change["kind"]]: Act<Extract<Change, { kind: K }>> } = {
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
  "delete-deployment": removeObject,
  "delete-statefulset": removeObject,
  "delete-job": removeObject,
  "delete-configmap": removeObject,
  "create-job": createJob,
  "suspend-cronjob": suspendCronJob,
  "resume-cronjob": resumeCronJob,
  patch: patchField,
  label: setLabels,
  annotate: setAnnotations,
  cordon,
  uncordon,
  drain,
};

/** How this change is planned and done. */
export function actOf(operation: Change): Act {
  return acts[operation.kind] as Act;
}

/** The change a request asks for; a read has no act, and reaching here with one is a fault of ours. */
export function changeOf(operation: Operation): Change {
  if (!isChange(operation)) throw new Error(`${operation.kind} changes nothing`);
  return operation;
}
