import { catalogue } from "../catalogue.ts";
import { type Guard, type Rule, stamped, theAccountOf, unchanged } from "./guard.ts";

const specFields = [
  "schedule",
  "timeZone",
  "startingDeadlineSeconds",
  "concurrencyPolicy",
  "jobTemplate",
  "successfulJobsHistoryLimit",
  "failedJobsHistoryLimit",
];

function suspending(operation: "suspend-cronjob" | "resume-cronjob", suspend: boolean): Guard {
  return {
    name: catalogue[operation].account,
    who: theAccountOf(operation),
    on: { apiGroup: "batch", resource: "cronjobs", operations: ["CREATE", "UPDATE"] },
    variables: stamped.variables,
    rules: [
      ...stamped.rules,
      {
        expression: `object.spec.?suspend.orValue(false) == ${suspend}`,
        message: `spec.suspend must become ${suspend}`,
      },
      ...specFields.map((name) => unchanged(`spec.${name}`)),
    ],
  };
}

export const suspensions: readonly Guard[] = [suspending("suspend-cronjob", true), suspending("resume-cronjob", false)];

const ofOwner = (holds: string) => `variables.owner.name != params.metadata.name || (${holds})`;
const template = "params.spec.jobTemplate.spec";

const noWayOut: readonly Rule[] = [
  ...["hostNetwork", "hostPID", "hostIPC"].map((field) => ({
    expression: `variables.pod.?${field}.orValue(false) == false`,
    message: `its pods must not have ${field}`,
  })),
  {
    expression: "variables.pod.?volumes.orValue([]).all(volume, !has(volume.hostPath))",
    message: "its pods must have no hostPath",
  },
  {
    expression:
      "(variables.pod.containers + variables.pod.?initContainers.orValue([])).all(one, one.?securityContext.?privileged.orValue(false) == false)",
    message: "its pods must not be privileged",
  },
];

/**
 * The right to create Jobs is leave to run any image, as any account of the namespace. The policy holds each Job to the
 * CronJob that it says it is of: same uid, same pod. It cannot say that this CronJob exists: a policy is held against
 * every CronJob there is, and none of them need be the one that is named. What remains to a thief of this very token is
 * a Job of a CronJob that is not there, which the garbage collector removes within seconds, pods and all; until then
 * it runs, as an account of the namespace and with the Secrets it mounts, but with no way onto the node. Where there is
 * no CronJob at all in the namespace, nothing can be made.
 */
export const jobs: Guard = {
  name: catalogue["create-job"].account,
  who: theAccountOf("create-job"),
  on: { apiGroup: "batch", resource: "jobs", operations: ["CREATE", "UPDATE"] },
  params: { apiVersion: "batch/v1", kind: "CronJob" },
  variables: [
    { name: "annotations", expression: "object.metadata.?annotations.orValue({})" },
    { name: "owners", expression: "object.metadata.?ownerReferences.orValue([])" },
    { name: "owner", expression: "variables.owners[0]" },
    { name: "pod", expression: "object.spec.template.spec" },
  ],
  rules: [
    {
      expression: "['countersign.dev/request', 'countersign.dev/digest'].all(k, k in variables.annotations)",
      message: "it must name the request and the digest it is made for",
    },
    {
      expression: "variables.annotations[?'cronjob.kubernetes.io/instantiate'].orValue('') == 'manual'",
      message: "it must say that it was made by hand",
    },
    {
      expression:
        "variables.owners.size() == 1 && variables.owner.kind == 'CronJob' && variables.owner.apiVersion == 'batch/v1' && variables.owner.?controller.orValue(false)",
      message: "one CronJob must be its owner, and nothing else",
    },
    { expression: "object.metadata.?finalizers.orValue([]).size() == 0", message: "it must have no finalizers" },
    {
      expression: ofOwner("variables.owner.uid == params.metadata.uid"),
      message: "it must name its CronJob by the uid",
    },
    {
      expression: ofOwner(`variables.pod == ${template}.template.spec`),
      message: "its pods must be those of its CronJob",
    },
    ...["parallelism", "completions"].map((field) => ({
      expression: ofOwner(`object.spec.?${field}.orValue(1) == ${template}.?${field}.orValue(1)`),
      message: `its ${field} must be that of its CronJob`,
    })),
    ...noWayOut,
  ],
};
