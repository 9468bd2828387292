import { catalogue } from "../catalogue.ts";
import { annotationsOf, type Guard, onlyKeys, stamped, theAccountOf, unchanged } from "./guard.ts";

const specFields = [
  "template",
  "replicas",
  "selector",
  "strategy",
  "minReadySeconds",
  "revisionHistoryLimit",
  "paused",
  "progressDeadlineSeconds",
];

/** RBAC can only say `patch deployments`, which would be leave to run any image: this says which of its fields. */
function patching(
  operation: "rollout-restart" | "rollout-pause" | "rollout-resume",
  field: string,
  within: Pick<Guard, "variables" | "rules"> = { rules: [] },
): Guard {
  const { account } = catalogue[operation];
  return {
    name: account,
    who: theAccountOf(operation),
    on: { apiGroup: "apps", resource: "deployments", operations: ["CREATE", "UPDATE"] },
    variables: [...stamped.variables, ...(within.variables ?? [])],
    rules: [
      ...stamped.rules,
      ...within.rules,
      ...specFields.filter((name) => name !== field).map((name) => unchanged(`spec.${name}`)),
    ],
  };
}

export const restarts = patching("rollout-restart", "template", {
  variables: annotationsOf("stamps", "spec.template.metadata"),
  rules: [
    onlyKeys("stamps", ["kubectl.kubernetes.io/restartedAt"], "spec.template.metadata.annotations"),
    ...["labels", "finalizers"].map((field) => unchanged(`spec.template.metadata.${field}`)),
    unchanged("spec.template.spec"),
  ],
});
const pausedIs = (paused: boolean) => ({
  rules: [
    { expression: `object.spec.?paused.orValue(false) == ${paused}`, message: `spec.paused must become ${paused}` },
  ],
});
export const pauses = patching("rollout-pause", "paused", pausedIs(true));
export const resumes = patching("rollout-resume", "paused", pausedIs(false));
