import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** Path below src/, with forward slashes -> the text of the file. */
export type Sources = ReadonlyMap<string, string>;

/** One import, of whatever form; `import type` and re-exports are imports too. */
export interface Import {
  /** What stands in the quotes. */
  readonly specifier: string;
  /** The file it means, below src/; absent for a package, a built-in, and what lies outside src/. */
  readonly path?: string;
  readonly typeOnly: boolean;
}

export interface Module {
  readonly path: string;
  /** The text without comments that begin a line. */
  readonly code: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

export type Modules = ReadonlyMap<string, Module>;

const source = /\.[cm]?[jt]s$/;

/** Every source file below this folder. */
export function readSources(folder: string): Sources {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => source.test(path));
  return new Map(paths.map((path) => [path.replaceAll("\\", "/"), readFileSync(join(folder, path), "utf8")]));
}

export function modulesOf(sources: Sources): Modules {
  return new Map(
    [...sources].map(([path, text]) => {
      const code = withoutComments(text);
      return [path, { path, code, lines: text.replace(/\n$/, "").split("\n").length, imports: importsOf(path, code) }];
    }),
  );
}

/** Only comments that begin a line: a `//` behind code may stand in a string, and then it is no comment. */
function withoutComments(text: string): string {
  return text.replace(/^[^\S\n]*\/\*[\s\S]*?\*\//gm, "").replace(/^[^\S\n]*\/\/.*$/gm, "");
}

const gap = String.raw`(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*\n)*`;
// `import x from`, `export … from`, `import "x"`, `import("x")`, `import x = require("x")`; in any of three quotes.
const quoted = new RegExp(
  String.raw`(?:\b(import|export)\b([^;"'\`]*?)\bfrom|\bimport|\brequire)${gap}\(?${gap}(["'\`])(.*?)\3`,
  "g",
);

function importsOf(path: string, code: string): readonly Import[] {
  return [...code.matchAll(quoted)].map(([, , clause = "", , specifier = ""]) => {
    const typeOnly = /^\s*type\b/.test(clause);
    const meant = /^\.\.?(\/|$)/.test(specifier) ? posix.normalize(posix.join(posix.dirname(path), specifier)) : "..";
    return meant.startsWith("..") ? { specifier, typeOnly } : { specifier, typeOnly, path: meant };
  });
}

/** Every module that this one reaches, itself included, with the way there. */
export function reachable(modules: Modules, root: string): ReadonlyMap<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>([[root, [root]]]);
  // A Map is walked in the order of insertion, what is added on the way included.
  for (const [path, way] of ways)
    for (const { path: next } of modules.get(path)?.imports ?? [])
      if (next !== undefined && !ways.has(next)) ways.set(next, [...way, next]);
  return ways;
}

/** `fs/promises` and `node:fs/promises` -> `node:fs`; `@a/b/c` -> `@a/b`; undefined for a path. */
export function packageOf(specifier: string): string | undefined {
  if (/^\.\.?(\/|$)/.test(specifier)) return undefined;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
