import { type Change, isChange, type Operation } from "../operation/operation.ts";
import type { Act } from "./act.ts";
import { autoscale } from "./autoscale.ts";
import { cordon, uncordon } from "./cordon.ts";
import { createJob } from "./create-job.ts";
import { deletePod } from "./delete-pod.ts";
import { deletePodForce } from "./delete-pod-force.ts";
import { drain } from "./drain.ts";
import { elevate } from "./elevate.ts";
import { patchField } from "./patch-field.ts";
import { removeObject } from "./remove-object.ts";
import { rolloutPause, rolloutResume } from "./rollout-pause.ts";
import { rolloutRestart } from "./rollout-restart.ts";
import { rolloutUndo } from "./rollout-undo.ts";
import { scale } from "./scale.ts";
import { setImage } from "./set-image.ts";
import { setAnnotations, setLabels } from "./set-marks.ts";
import { resumeCronJob, suspendCronJob } from "./suspend-cron-job.ts";

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
