import { fieldsOf, type KubeObject } from "./object.ts";
import { badRequest } from "./status.ts";

export type Matches = (object: KubeObject) => boolean;

/** `metadata.name` and `metadata.namespace` only, as for most resources of a real server. */
export function parseFieldSelector(text: string): Matches {
  const wanted = text
    .split(",")
    .filter((term) => term !== "")
    .map((term) => {
      const [, field = "", operator, value = ""] = /^([^=!]+)(==|=|!=)(.*)$/.exec(term) ?? [];
      if (field !== "metadata.name" && field !== "metadata.namespace")
        throw badRequest(
          `"${field || term}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
        );
      return { field: field === "metadata.name" ? ("name" as const) : ("namespace" as const), operator, value };
    });
  return ({ metadata }) =>
    wanted.every(({ field, operator, value }) => (metadata[field] === value) === (operator !== "!="));
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
