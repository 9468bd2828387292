import { type Fields, isFields } from "./object.ts";
import { type Shape, shapeOf } from "./shapes.ts";

/** What is left of a body when it was read as one kind of object. */
export interface Decoded {
  readonly fields: Fields;
  /** In the server's words, such as `unknown field "spec.replicaz"`. */
  readonly unknown: readonly string[];
  /** The first value of a wrong type, in the server's words. */
  readonly wrong?: string;
}

/** Reads a body as the API server does: unknown fields fall out, and a field of null is an absent one. */
export function decode(kind: string, body: Fields): Decoded {
  const unknown: string[] = [];
  let wrong: string | undefined;
  const mismatch = (value: unknown, path: string, type: string) => {
    const found = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
    wrong ??= `json: cannot unmarshal ${found} into Go struct field ${kind}.${path} of type ${type}`;
    return value;
  };

  const prune = (value: unknown, shape: Shape, path: string): unknown => {
    if (shape === "any") return value;
    if (shape === "integer") return Number.isInteger(value) ? value : mismatch(value, path, "int32");
    if (shape === "boolean") return typeof value === "boolean" ? value : mismatch(value, path, "bool");
    if (shape === "strings") {
      if (!isFields(value)) return mismatch(value, path, "map[string]string");
      const entries = Object.entries(value).filter(([, text]) => text !== null);
      for (const [, text] of entries) if (typeof text !== "string") mismatch(text, path, "string");
      return Object.fromEntries(entries);
    }
    if (isList(shape)) {
      if (!Array.isArray(value)) return mismatch(value, path, "[]");
      return value.map((item, i) => prune(item, shape[0], `${path}[${i}]`));
    }
    if (!isFields(value)) return mismatch(value, path, "struct");
    const kept: Fields = {};
    for (const [field, inner] of Object.entries(value)) {
      const below = path ? `${path}.${field}` : field;
      const known = Object.hasOwn(shape, field) ? shape[field] : undefined;
      if (known === undefined) unknown.push(`unknown field "${below}"`);
      else if (inner !== null) kept[field] = prune(inner, known, below);
    }
    return kept;
  };

  const fields = prune(body, shapeOf(kind), "") as Fields;
  return { fields, unknown: unknown.sort(), ...(wrong === undefined ? {} : { wrong }) };
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
