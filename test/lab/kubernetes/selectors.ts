import { fieldsOf, type KubeObject } from "./object.ts";
import type { Resource } from "./resources.ts";
import { badRequest } from "./status.ts";

export type Matches = (object: KubeObject) => boolean;

/** The name, the namespace and what else that resource lets be selected by. */
export function parseFieldSelector(text: string, resource: Resource): Matches {
  const known = ["metadata.name", ...(resource.namespaced ? ["metadata.namespace"] : []), ...resource.selectable];
  const wanted = text
    .split(",")
    .filter((term) => term !== "")
    .map((term) => {
      const [, field = "", operator, value = ""] = /^([^=!]+)(==|=|!=)(.*)$/.exec(term) ?? [];
      if (!known.includes(field)) throw badRequest(notSelectable(resource, field || term));
      return { path: field.split("."), operator, value };
    });
  return (object) =>
    wanted.every(({ path, operator, value }) => (textAt(object, path) === value) === (operator !== "!="));
}

/** A field that is left out is empty, or `false` where it is a yes or no. */
function textAt(object: KubeObject, path: readonly string[]): string {
  const found = path.reduce<unknown>((at, field) => fieldsOf(at)[field], object);
  return String(found ?? (path.at(-1) === "unschedulable" ? false : ""));
}

/** In the words of v1.36, which differ from group to group. */
function notSelectable({ group, kind, selectable }: Resource, field: string): string {
  if (group === "batch") return `field label "${field}" not supported for ${kind}`;
  if (selectable.length > 0) return `field label not supported: ${field}`;
  return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

type LabelTerm = (labels: Readonly<Record<string, string>>) => boolean;

const name = "[A-Za-z0-9][-A-Za-z0-9_./]*";
const terms: readonly [RegExp, (key: string, rest: string) => LabelTerm][] = [
  [new RegExp(`^(${name})$`), (key) => (labels) => key in labels],
  [new RegExp(`^!\\s*(${name})$`), (key) => (labels) => !(key in labels)],
  [new RegExp(`^(${name})\\s*==?\\s*([-\\w.]*)$`), (key, value) => (labels) => labels[key] === value],
  [new RegExp(`^(${name})\\s*!=\\s*([-\\w.]*)$`), (key, value) => (labels) => labels[key] !== value],
  [
    new RegExp(`^(${name})\\s+in\\s+\\(([-\\w., ]*)\\)$`),
    (key, values) => (labels) => setOf(values).has(labels[key] ?? "\0"),
  ],
  [
    new RegExp(`^(${name})\\s+notin\\s+\\(([-\\w., ]*)\\)$`),
    (key, values) => (labels) => !setOf(values).has(labels[key] ?? "\0"),
  ],
];

const setOf = (values: string) => new Set(values.split(",").map((value) => value.trim()));

export function parseLabelSelector(text: string): Matches {
  const wanted = text
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== "")
    .map((term) => {
      for (const [pattern, make] of terms) {
        const found = pattern.exec(term);
        if (found) return make(found[1] ?? "", found[2] ?? "");
      }
      throw badRequest(`unable to parse requirement: ${term}`);
    });
  return ({ metadata }) => wanted.every((term) => term(metadata.labels ?? {}));
}

/** The `selector` of a workload or a budget; only `matchLabels` is known to the double. An empty one selects nothing. */
export function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(fieldsOf(fieldsOf(selector)["matchLabels"]));
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
