import { isDeepStrictEqual } from "node:util";
import { type Fields, fieldsOf, isFields, type KubeObject, without } from "./object.ts";
import type { Resource } from "./resources.ts";
import { selects } from "./selectors.ts";
import { type Cause, invalid } from "./status.ts";

/** Throws 422 with every cause. `before` is what stands there, for what may never change. */
export function validate(resource: Resource, object: KubeObject, before?: KubeObject): void {
  const causes = [
    ...(before ? [] : nameCauses(resource, object.metadata.name)),
    ...(rules[resource.kind]?.(object, before) ?? []),
  ];
  if (causes.length > 0) throw invalid(resource, object.metadata.name, causes);
}

type Rule = (object: Fields, before: Fields | undefined) => readonly Cause[];

const wrong = (field: string, value: unknown, why: string): Cause => ({
  reason: "FieldValueInvalid",
  message: `Invalid value: ${JSON.stringify(value ?? null)}: ${why}`,
  field,
});
const missing = (field: string, why = ""): Cause => ({
  reason: "FieldValueRequired",
  message: `Required value${why ? `: ${why}` : ""}`,
  field,
});
const forbidden = (field: string, why: string): Cause => ({
  reason: "FieldValueForbidden",
  message: `Forbidden: ${why}`,
  field,
});

// What of a StatefulSet may change, and the sentence for anything else.
const ofStatefulSet = [
  ...["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit"],
  ...["persistentVolumeClaimRetentionPolicy", "minReadySeconds"],
];
const statefulSetRule =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/** The one rule of replicas, on the object and on its scale. */
export function replicaCauses(replicas: unknown): readonly Cause[] {
  return typeof replicas === "number" && replicas < 0
    ? [wrong("spec.replicas", replicas, "must be greater than or equal to 0")]
    : [];
}

export function immutableUid(uid: unknown): readonly Cause[] {
  return [wrong("metadata.uid", uid, "field is immutable")];
}

// RFC 1123, as the server says it.
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

function nameCauses({ kind, group }: Resource, name: string): readonly Cause[] {
  if (!name) return [missing("metadata.name", "name or generateName is required")];
  if (group === "rbac.authorization.k8s.io")
    return name === "." || name === ".." || /[/%]/.test(name)
      ? [wrong("metadata.name", name, "may not be a path")]
      : [];
  if (kind === "Namespace") {
    if (name.includes(".")) return [wrong("metadata.name", name, "must not contain dots")];
    return label.test(name) ? [] : [wrong("metadata.name", name, "a lowercase RFC 1123 label is needed")];
  }
  return subdomain.test(name) && name.length <= 253 ? [] : [wrong("metadata.name", name, subdomainRule)];
}

const rules: Readonly<Record<string, Rule>> = {
  Deployment: (object, before) => {
    const spec = fieldsOf(object["spec"]);
    const template = fieldsOf(spec["template"]);
    const old = before && fieldsOf(before["spec"])["selector"];
    return [
      ...(spec["selector"] === undefined ? [missing("spec.selector")] : []),
      ...(before && !isDeepStrictEqual(old, spec["selector"])
        ? [wrong("spec.selector", spec["selector"], "field is immutable")]
        : []),
      ...replicaCauses(spec["replicas"]),
      ...selectorCauses(spec),
      ...containerCauses(template["spec"], "spec.template.spec"),
    ];
  },
  StatefulSet: (object, before) => {
    const spec = fieldsOf(object["spec"]);
    const old = fieldsOf(before?.["spec"]);
    return [
      ...selectorCauses(spec),
      ...(before && !isDeepStrictEqual(without(spec, ...ofStatefulSet), without(old, ...ofStatefulSet))
        ? [forbidden("spec", statefulSetRule)]
        : []),
      ...replicaCauses(spec["replicas"]),
      ...containerCauses(fieldsOf(spec["template"])["spec"], "spec.template.spec"),
    ];
  },
  DaemonSet: (object, before) => {
    const spec = fieldsOf(object["spec"]);
    const old = before && fieldsOf(before["spec"])["selector"];
    return [
      ...(before && !isDeepStrictEqual(old, spec["selector"])
        ? [wrong("spec.selector", spec["selector"], "field is immutable")]
        : []),
      ...selectorCauses(spec),
      ...containerCauses(fieldsOf(spec["template"])["spec"], "spec.template.spec"),
    ];
  },
  Job: (object, before) => {
    const { template } = fieldsOf(object["spec"]);
    const old = before && fieldsOf(before["spec"])["template"];
    return [
      ...jobTemplateCauses(template, "spec.template.spec"),
      ...(before && !isDeepStrictEqual(old, template) ? [wrong("spec.template", template, "field is immutable")] : []),
    ];
  },
  CronJob: (object) => {
    const { schedule, jobTemplate } = fieldsOf(object["spec"]);
    const fields = String(schedule ?? "")
      .trim()
      .split(/\s+/);
    const rule = `expected exactly 5 fields, found ${fields.length}: [${fields.join(" ")}]`;
    return [
      ...(schedule ? [] : [missing("spec.schedule")]),
      ...(schedule && fields.length !== 5 ? [wrong("spec.schedule", schedule, rule)] : []),
      ...jobTemplateCauses(fieldsOf(fieldsOf(jobTemplate)["spec"])["template"], "spec.jobTemplate.spec.template.spec"),
    ];
  },
  HorizontalPodAutoscaler: (object) => {
    const { minReplicas, maxReplicas } = fieldsOf(object["spec"]) as { minReplicas?: number; maxReplicas?: number };
    const least = minReplicas ?? 1;
    const most = maxReplicas ?? 0;
    return [
      ...(least < 1 ? [wrong("spec.minReplicas", least, "must be greater than or equal to 1")] : []),
      ...(most < 1 ? [wrong("spec.maxReplicas", most, "must be greater than 0")] : []),
      ...(most < least ? [wrong("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")] : []),
    ];
  },
  ReplicaSet: (object) => replicaCauses(fieldsOf(object["spec"])["replicas"]),
  Pod: (object) => containerCauses(object["spec"], "spec"),
  ConfigMap: (object, before) => immutableCauses(object, before, ["data", "binaryData"]),
  Secret: (object, before) => immutableCauses(object, before, ["data", "type"]),
  Role: ruleCauses,
  ClusterRole: ruleCauses,
  RoleBinding: bindingCauses,
  ClusterRoleBinding: bindingCauses,
};

function selectorCauses(spec: Fields): readonly Cause[] {
  const { labels = {} } = fieldsOf(fieldsOf(spec["template"])["metadata"]) as { labels?: Record<string, string> };
  if (selects(spec["selector"], labels)) return [];
  const found = Object.keys(labels).length > 0 ? labels : null;
  return [wrong("spec.template.metadata.labels", found, "`selector` does not match template `labels`")];
}

function jobTemplateCauses(template: unknown, path: string): readonly Cause[] {
  const { spec } = fieldsOf(template);
  const { restartPolicy } = fieldsOf(spec);
  const rule = 'valid values: "OnFailure", "Never"';
  return [
    ...containerCauses(spec, path),
    ...(restartPolicy === "Always" ? [missing(`${path}.restartPolicy`, rule)] : []),
  ];
}

function containerCauses(spec: unknown, path: string): readonly Cause[] {
  const containers = fieldsOf(spec)["containers"];
  if (!Array.isArray(containers) || containers.length === 0) return [missing(`${path}.containers`)];
  return containers
    .filter(isFields)
    .flatMap((container, i) =>
      ["name", "image"]
        .filter((field) => !container[field])
        .map((field) => missing(`${path}.containers[${i}].${field}`)),
    );
}

function immutableCauses(object: Fields, before: Fields | undefined, fields: readonly string[]): readonly Cause[] {
  if (before?.["immutable"] !== true) return [];
  const why = "field is immutable when `immutable` is set";
  const changed = fields.filter((field) => !isDeepStrictEqual(object[field], before[field]));
  return [...(object["immutable"] === true ? [] : ["immutable"]), ...changed].map((field) => forbidden(field, why));
}

function ruleCauses(object: Fields): readonly Cause[] {
  const list = Array.isArray(object["rules"]) ? object["rules"].filter(isFields) : [];
  const empty = (value: unknown) => !Array.isArray(value) || value.length === 0;
  return list.flatMap((rule, i) =>
    empty(rule["verbs"]) ? [missing(`rules[${i}].verbs`, "verbs must contain at least one value")] : [],
  );
}

function bindingCauses(object: Fields, before: Fields | undefined): readonly Cause[] {
  const roleRef = fieldsOf(object["roleRef"]);
  if (before && !isDeepStrictEqual(before["roleRef"], object["roleRef"]))
    return [wrong("roleRef", roleRef, "cannot change roleRef")];
  return roleRef["name"] ? [] : [missing("roleRef.name")];
}
