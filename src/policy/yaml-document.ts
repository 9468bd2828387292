import { type Document, isScalar, LineCounter, parseDocument, visit } from "yaml";
import type { z } from "zod";

/** What is wrong with a document, and where: lines and columns count from 1. */
export interface DocumentFault {
  readonly line: number;
  readonly column: number;
  readonly says: string;
}

/** A document that was read whole, or everything that is wrong with it. */
export type Reading<T> = { readonly value: T; readonly at: Locate } | { readonly faults: readonly DocumentFault[] };

/** Where the value at this path stands in the text; or, where the value is this text, that character of it. */
export type Locate = (
  path: readonly PropertyKey[],
  within?: { readonly text: string; readonly offset: number },
) => { readonly line: number; readonly column: number };

/** Reads YAML by a schema; all faults at once, each with its place. Aliases are refused: nothing here needs them. */
export function readYaml<T>(text: string, schema: z.ZodType<T>): Reading<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    // As written: a subject of 21 digits would lose some of them as a number.
    stringKeys: true,
    prettyErrors: false,
  });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = [...document.errors, ...document.warnings].map(({ pos, message }) => ({ at: pos[0], says: message }));
  if (faults.length === 0) faults.push(...refusedNodes(document));
  if (faults.length > 0) return { faults: faults.map(({ at, says }) => ({ ...place(at), says })) };
  const at: Locate = (path, within) => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined;
      const [from, to] = node?.range ?? [];
      if (from === undefined) continue;
      // Written over several lines, or with escapes, its characters do not stand where they are counted.
      const begins = within && length === path.length ? text.indexOf(within.text, from) : -1;
      return place(within && begins >= 0 && begins < (to ?? 0) ? begins + within.offset : from);
    }
    return { line: 1, column: 1 };
  };
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {});
  if (parsed.success) return { value: parsed.data, at };
  return {
    faults: parsed.error.issues.map((issue) => ({
      ...at(issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path),
      says: `${issue.path.map(String).join(".") || "the document"}: ${issue.message}`,
    })),
  };
}

/** What YAML allows and nothing here needs: a value in two places, and a key that objects treat as their own. */
function refusedNodes(document: Document): readonly { readonly at: number; readonly says: string }[] {
  const found: { at: number; says: string }[] = [];
  visit(document, {
    Alias: (_, { source, range }) =>
      void found.push({ at: range?.[0] ?? 0, says: `the alias *${source} is not taken` }),
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === "__proto__")
        found.push({ at: key.range?.[0] ?? 0, says: "nothing can be called __proto__" });
    },
  });
  return found;
}
