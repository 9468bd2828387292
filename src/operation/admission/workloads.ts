import { keptByUndo } from "../catalogue/revisions.ts";
import { catalogue } from "../catalogue.ts";
import {
  annotationsOf,
  type Guard,
  onlyFields,
  onlyKeys,
  stamped,
  stampedBut,
  theAccountOf,
  unchanged,
} from "./guard.ts";

const kinds = ["deployments", "statefulsets", "daemonsets"];

/** What the API server counts up on a DaemonSet whose template changes. */
const templateGeneration = "deprecated.daemonset.template.generation";

/** RBAC can only say `patch deployments`, which would be leave to run any image: this says which of its fields. */
function patching(
  operation: "rollout-restart" | "rollout-undo" | "rollout-pause" | "rollout-resume",
  resource: readonly string[],
  field: string,
  within: Pick<Guard, "variables" | "rules"> = { rules: [] },
): Guard {
  const { account } = catalogue[operation];
  const ours = field === "template" ? stampedBut(templateGeneration) : stamped;
  const spec = onlyFields("moved", "spec", [field]);
  return {
    name: account,
    who: theAccountOf(operation),
    on: { apiGroup: "apps", resource, operations: ["CREATE", "UPDATE"] },
    variables: [...ours.variables, ...spec.variables, ...(within.variables ?? [])],
    rules: [...ours.rules, ...within.rules, ...spec.rules],
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
/** Which template that is, the cluster's own history would have to say; no policy can look there. */
export const undos = patching("rollout-undo", kinds, "template", {
  rules: keptByUndo.map((field) => unchanged(`spec.template.spec.${field}`)),
});
const pausedIs = (paused: boolean) => ({
  rules: [
    { expression: `object.spec.?paused.orValue(false) == ${paused}`, message: `spec.paused must become ${paused}` },
  ],
});
export const pauses = patching("rollout-pause", ["deployments"], "paused", pausedIs(true));
export const resumes = patching("rollout-resume", ["deployments"], "paused", pausedIs(false));
