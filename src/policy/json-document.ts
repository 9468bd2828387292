import type { z } from "zod";
import type { DocumentFault, Locate, Reading } from "./yaml-document.ts";

/** Reads JSON (RFC 8259) by a schema; all faults at once, each with its place. Large documents cost little more than to parse. */
export function readJson<T>(text: string, schema: z.ZodType<T>): Reading<T> {
  const parsed = parse(text);
  if ("broken" in parsed) return { faults: [{ ...placeOf(text, parsed.broken), says: "from here on it is no JSON" }] };
  let places: ReadonlyMap<string, number> | undefined;
  const at: Locate = (path) => {
    places ??= placesIn(text);
    for (let length = path.length; length > 0; length--) {
      const offset = places.get(pointer(path.slice(0, length)));
      if (offset !== undefined) return placeOf(text, offset);
    }
    return { line: 1, column: 1 };
  };
  const read = schema.safeParse(parsed.value);
  return read.success ? { value: read.data, at } : { faults: faultsIn(read.error.issues, [], at) };
}

/** What a schema says of the value at `base`, each with its place. */
export function faultsIn(
  issues: readonly z.core.$ZodIssue[],
  base: readonly PropertyKey[],
  at: Locate,
): readonly DocumentFault[] {
  return issues.map(({ path, message }) => {
    const whole = [...base, ...path];
    return { ...at(whole), says: `${whole.map(String).join(".") || "the document"}: ${message}` };
  });
}

function parse(text: string): { readonly value: unknown } | { readonly broken: number } {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { broken: scan(text, () => undefined) };
  }
}

function placeOf(text: string, offset: number) {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

function placesIn(text: string): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  scan(text, (path, offset) => places.set(pointer(path), offset));
  return places;
}

function pointer(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String));
}

const blank = /[ \t\n\r]*/y;
const quoted = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const bare = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;

/** Tells where each value begins, and answers how far the text is JSON. */
function scan(text: string, visit: (path: readonly PropertyKey[], offset: number) => void): number {
  let at = 0;
  const take = (shape: RegExp): string | undefined => {
    shape.lastIndex = at;
    const found = shape.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const mark = (sign: string): boolean => {
    take(blank);
    if (text[at] !== sign) return false;
    at++;
    return true;
  };
  /** `item` until `end`, with commas between. */
  const items = (end: string, item: (i: number) => boolean): boolean => {
    if (mark(end)) return true;
    for (let i = 0; item(i); i++) {
      if (mark(end)) return true;
      if (!mark(",")) return false;
    }
    return false;
  };
  const value = (path: readonly PropertyKey[]): boolean => {
    take(blank);
    visit(path, at);
    if (mark("[")) return items("]", (i) => value([...path, i]));
    if (!mark("{")) return (take(quoted) ?? take(bare)) !== undefined;
    return items("}", () => {
      take(blank);
      const key = take(quoted);
      return key !== undefined && mark(":") && value([...path, JSON.parse(key) as string]);
    });
  };
  if (value([])) take(blank);
  return at;
}
