import { catalogue } from "../catalogue.ts";
import { annotationsOf, type Guard, onlyFields, onlyKeys, stamped, theAccountOf, unchanged } from "./guard.ts";

const kinds = ["deployments", "statefulsets", "daemonsets"];

/** RBAC can only say `patch deployments`, which would be leave to run any image: this says which of its fields. */
function patching(
  operation: "rollout-restart" | "rollout-pause" | "rollout-resume",
  resource: readonly string[],
  field: string,
  within: Pick<Guard, "variables" | "rules"> = { rules: [] },
): Guard {
  const { account } = catalogue[operation];
  const spec = onlyFields("moved", "spec", [field]);
  return {
    name: account,
    who: theAccountOf(operation),
    on: { apiGroup: "apps", resource, operations: ["CREATE", "UPDATE"] },
    variables: [...stamped.variables, ...spec.variables, ...(within.variables ?? [])],
    rules: [...stamped.rules, ...within.rules, ...spec.rules],
  };
}

export const restarts = patching("rollout-restart", kinds, "template", {
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
export const pauses = patching("rollout-pause", ["deployments"], "paused", pausedIs(true));
export const resumes = patching("rollout-resume", ["deployments"], "paused", pausedIs(false));
