import { notSent } from "./choke-point.ts";

// Keys and values of labels, as apimachinery/pkg/util/validation has them: nothing in one can widen a selector.
const labelPart = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelPrefix = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

// A path of fields, and what names, kinds, phases and uids are made of: no comma, no equals sign, no backslash.
const fieldPath = /^[a-z][A-Za-z]{0,62}(\.[a-z][A-Za-z]{0,62}){0,4}$/;
const fieldValue = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,251}[A-Za-z0-9])?$/;

/** A label selector of exact matches; throws `not-sent` for what cannot be a label. */
export function exactLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => {
      const [name = "", prefix, ...more] = key.split("/").reverse();
      const isKey = labelPart.test(name) && (prefix === undefined || labelPrefix.test(prefix)) && more.length === 0;
      if (!isKey || (value !== "" && !labelPart.test(value))) throw notSent("this cannot be a label");
      return `${key}=${value}`;
    })
    .join(",");
}

/** A field selector of exact matches; throws `not-sent` for none, for an empty value, and for what cannot be a field. */
export function exactFields(fields: Readonly<Record<string, string>>): string {
  const matches = Object.entries(fields).map(([path, value]) => {
    if (!fieldPath.test(path) || typeof value !== "string" || !fieldValue.test(value))
      throw notSent("this cannot be a match of a field");
    return `${path}=${value}`;
  });
  if (matches.length === 0) throw notSent("a match of no field at all would be a match of everything");
  return matches.join(",");
}
