import type { Json } from "../../operation/plan.ts";

// What the API wrote is read field by field: what is missing or of another type is as if it were not there.

export function record(value: Json | undefined): Readonly<Record<string, Json>> {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)
    : {};
}

export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: Json | undefined, otherwise = ""): string {
  return typeof value === "string" ? value : otherwise;
}

export function number(value: Json | undefined, otherwise = 0): number {
  return typeof value === "number" ? value : otherwise;
}

export function texts(value: Json | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(record(value)).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
