import { catalogue } from "../catalogue.ts";
import { reserved } from "../label-key.ts";
import { patchable } from "../patchable.ts";
import {
  type Guard,
  mapsAt,
  named,
  onlyFields,
  onlyKeys,
  type Rule,
  stamped,
  stamps,
  theAccountOf,
  unchanged,
} from "./guard.ts";

const workloads = ["deployments", "statefulsets", "daemonsets"];

/** Which of them, the policy document says, which the cluster does not know: the account is held to the whole list. */
const patchedFields = [...new Set(Object.values(patchable).flatMap((fields) => Object.keys(fields)))].map((field) =>
  field.replace(/^spec\./, ""),
);
const spec = onlyFields("moved", "spec", patchedFields);

export const patches: Guard = {
  name: catalogue.patch.account,
  who: theAccountOf("patch"),
  on: { apiGroup: "apps", resource: workloads, operations: ["CREATE", "UPDATE"] },
  variables: [...stamped.variables, ...spec.variables],
  rules: [...stamped.rules, ...spec.rules],
};

const isReserved = (key: string) =>
  `[${reserved.map((domain) => `'${domain}'`).join(", ")}].exists(domain, ${key}.startsWith(domain + '/') || ${key}.contains('.' + domain + '/'))`;

/** Every key that differs may, but for those that are Kubernetes' and ours; which others, only the policy document says. */
const ownKeysMove = (map: "labels" | "annotations", but: string): Rule => {
  const [now, before] = [`variables.${map}`, `variables.${map}Before`];
  const free = (key: string) => `${but.replaceAll("KEY", key)} || !(${isReserved(key)})`;
  return {
    expression: `${now}.all(k, (k in ${before} && ${before}[k] == ${now}[k]) || ${free("k")}) && ${before}.all(k, k in ${now} || ${free("k")})`,
    message: `of metadata.${map} none of ${reserved.join(", ")} may change`,
  };
};

const onlyMetadata: Rule = {
  expression:
    "object.all(k, k == 'metadata' || (k in oldObject && oldObject[k] == object[k])) && oldObject.all(k, k in object)",
  message: "nothing but its metadata may change",
};

function marks(operation: "label" | "annotate", rules: readonly Rule[]): Guard {
  return {
    name: catalogue[operation].account,
    who: theAccountOf(operation),
    on: {
      apiGroup: "*",
      resource: [...workloads, "cronjobs", "configmaps", "services"],
      operations: ["CREATE", "UPDATE"],
    },
    variables: [...mapsAt("annotations", "metadata", "annotations"), ...mapsAt("labels", "metadata", "labels")],
    rules: [
      named,
      onlyMetadata,
      ...["finalizers", "ownerReferences"].map((name) => unchanged(`metadata.${name}`)),
      ...rules,
    ],
  };
}

export const labels = marks("label", [
  onlyKeys("annotations", stamps, "metadata.annotations"),
  ownKeysMove("labels", "false"),
  {
    expression:
      "object.?spec.?selector.?matchLabels.orValue({}).all(k, !(k in variables.labelsBefore) || (k in variables.labels && variables.labels[k] == variables.labelsBefore[k]))",
    message: "what it selects its pods by must stay as it is",
  },
]);
export const annotations = marks("annotate", [
  unchanged("metadata.labels"),
  ownKeysMove("annotations", `KEY in [${stamps.map((key) => `'${key}'`).join(", ")}]`),
]);
