import { catalogue } from "../catalogue.ts";
import { type Guard, named, onlyFields, type Rule, stamped, theAccountOf } from "./guard.ts";

const spec = onlyFields("moved", "spec", ["suspend"]);

function suspending(operation: "suspend-cronjob" | "resume-cronjob", suspend: boolean): Guard {
  return {
    name: catalogue[operation].account,
    who: theAccountOf(operation),
    on: { apiGroup: "batch", resource: "cronjobs", operations: ["CREATE", "UPDATE"] },
    variables: [...stamped.variables, ...spec.variables],
    rules: [
      ...stamped.rules,
      {
        expression: `object.spec.?suspend.orValue(false) == ${suspend}`,
        message: `spec.suspend must become ${suspend}`,
      },
      ...spec.rules,
    ],
  };
}

export const suspensions: readonly Guard[] = [suspending("suspend-cronjob", true), suspending("resume-cronjob", false)];

/** Service accounts, beside the default one, that jobs may run as; names with commas between. */
const accountsAnnotation = "countersign.dev/job-accounts";
/** Registries, repositories or images that jobs may be of; with commas between. Absent: of any. */
const imagesAnnotation = "countersign.dev/job-images";

const listed = (annotation: string) =>
  `variables.lists[?'${annotation}'].orValue('').split(',').map(one, one.trim()).filter(one, one != '')`;

/** What may be added by the Baseline of Kubernetes' "Pod Security Standards". */
const harmlessCapabilities = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

/** Windows' hostProcess is not named: the API server takes it with hostNetwork only. */
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
    expression: "variables.containers.all(one, one.?securityContext.?privileged.orValue(false) == false)",
    message: "its pods must not be privileged",
  },
  {
    expression: `variables.containers.all(one, one.?securityContext.?capabilities.?add.orValue([]).all(added, added in [${harmlessCapabilities.map((name) => `'${name}'`).join(", ")}]))`,
    message: "its pods must add no capabilities but those of the Baseline of the Pod Security Standards",
  },
];

/**
 * The right to create Jobs is leave to run an image as an account of the namespace. A policy cannot hold a Job to the
 * CronJob that it names: it sees no other object. (With CronJobs as its parameters it does, but those are looked up
 * before it is known whose call it is, so that everybody's Jobs are refused wherever that fails: measured on v1.36.2.)
 * So whoever captures the worker can run another image than the CronJob's until the token ends, and read the Secrets
 * of the namespace through it. It is held to what an administrator lets the namespace's jobs be, by annotations of the
 * Namespace, to no way onto the node, and to naming one CronJob: that of one which is not there is taken away by the
 * garbage collector within seconds.
 */
export const jobs: Guard = {
  name: catalogue["create-job"].account,
  who: theAccountOf("create-job"),
  on: { apiGroup: "batch", resource: "jobs", operations: ["CREATE", "UPDATE"] },
  variables: [
    { name: "annotations", expression: "object.metadata.?annotations.orValue({})" },
    { name: "owners", expression: "object.metadata.?ownerReferences.orValue([])" },
    { name: "pod", expression: "object.spec.template.spec" },
    { name: "containers", expression: "variables.pod.containers + variables.pod.?initContainers.orValue([])" },
    { name: "lists", expression: "namespaceObject.metadata.?annotations.orValue({})" },
    { name: "accounts", expression: `['', 'default'] + ${listed(accountsAnnotation)}` },
    { name: "images", expression: listed(imagesAnnotation) },
  ],
  rules: [
    named,
    {
      expression: "variables.annotations[?'cronjob.kubernetes.io/instantiate'].orValue('') == 'manual'",
      message: "it must say that it was made by hand",
    },
    {
      expression:
        "variables.owners.size() == 1 && variables.owners.all(one, one.kind == 'CronJob' && one.apiVersion == 'batch/v1' && one.?controller.orValue(false))",
      message: "one CronJob must be its owner, and nothing else",
    },
    { expression: "object.metadata.?finalizers.orValue([]).size() == 0", message: "it must have no finalizers" },
    {
      expression: "variables.pod.?serviceAccountName.orValue('') in variables.accounts",
      message: `its pods must run as the default service account, or as one that the namespace's annotation ${accountsAnnotation} names`,
    },
    {
      expression: `!('${imagesAnnotation}' in variables.lists) || variables.containers.all(one, variables.images.exists(image, one.image == image || ['/', ':', '@'].exists(end, one.image.startsWith(image + end))))`,
      message: `its images must be among those that the namespace's annotation ${imagesAnnotation} names`,
    },
    ...noWayOut,
  ],
};
