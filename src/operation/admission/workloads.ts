import { keptByUndo } from "../catalogue/revisions.ts";
import { catalogue } from "../catalogue.ts";
import { type Guard, mapsAt, onlyFields, onlyKeys, stamped, stampedBut, theAccountOf, unchanged } from "./guard.ts";

const kinds = ["deployments", "statefulsets", "daemonsets"];

/** What the API server counts up on a DaemonSet whose template changes. */
const templateGeneration = "deprecated.daemonset.template.generation";

/** RBAC can only say `patch deployments`, which would be leave to run any image: this says which of its fields. */
function patching(
  operation: "rollout-restart" | "rollout-undo" | "set-image" | "rollout-pause" | "rollout-resume",
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
  variables: mapsAt("stamps", "spec.template.metadata", "annotations"),
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
const imagesOf = (field: string) => {
  const [now, before] = [`variables.${field}Now`, `variables.${field}Before`];
  const names = (containers: string) => `${containers}.map(c, c.name)`;
  const same = `c.all(k, k == 'image' || (k in b && b[k] == c[k])) && b.all(k, k in c)`;
  return {
    variables: [
      { name: `${field}Now`, expression: `object.spec.template.spec.?${field}.orValue([])` },
      { name: `${field}Before`, expression: `oldObject.spec.template.spec.?${field}.orValue([])` },
    ],
    rules: [
      {
        expression: `${names(now)} == ${names(before)} && ${now}.all(c, ${before}.exists(b, b.name == c.name && ${same}))`,
        message: `of ${field} only the image may change`,
      },
    ],
  };
};
const [itsContainers, itsInitContainers] = [imagesOf("containers"), imagesOf("initContainers")];
const podSpec = onlyFields("podMoved", "spec.template.spec", ["containers", "initContainers"]);

/** From which registries, the policy document says; what the account can set is any image. */
export const imageChanges = patching("set-image", kinds, "template", {
  variables: [...podSpec.variables, ...itsContainers.variables, ...itsInitContainers.variables],
  rules: [unchanged("spec.template.metadata"), ...podSpec.rules, ...itsContainers.rules, ...itsInitContainers.rules],
});
const itsBounds = onlyFields("moved", "spec", ["minReplicas", "maxReplicas"]);

/** Neither what is scaled nor by which measure. */
export const bounds: Guard = {
  name: catalogue.autoscale.account,
  who: theAccountOf("autoscale"),
  on: { apiGroup: "autoscaling", resource: "horizontalpodautoscalers", operations: ["CREATE", "UPDATE"] },
  variables: [...stamped.variables, ...itsBounds.variables],
  rules: [...stamped.rules, ...itsBounds.rules],
};
const pausedIs = (paused: boolean) => ({
  rules: [
    { expression: `object.spec.?paused.orValue(false) == ${paused}`, message: `spec.paused must become ${paused}` },
  ],
});
export const pauses = patching("rollout-pause", ["deployments"], "paused", pausedIs(true));
export const resumes = patching("rollout-resume", ["deployments"], "paused", pausedIs(false));
