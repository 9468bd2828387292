import { builtinModules } from "node:module";
import { type Import, type Module, type Modules, modulesOf, packageOf, reachable, type Sources } from "./modules.ts";
import {
  builtInsOfCore,
  coreFolders,
  drawers,
  homes,
  isCore,
  isIn,
  isPort,
  lineLimit,
  longFiles,
  longLimit,
  rootOfRoot,
  roots,
  rootsWhole,
  supportOfRoots,
  timersOfCore,
  wall,
} from "./places.ts";

/** One violation of design section 2 or 7. */
export interface Violation {
  readonly rule: RuleName;
  readonly path: string;
  readonly says: string;
}

export type RuleName = keyof typeof rules;
type Rule = (modules: Modules) => Iterable<readonly [path: string, says: string]>;

/** Everything that breaks one of these rules, in their order. */
export function violationsOf(sources: Sources, names: readonly RuleName[] = ruleNames): readonly Violation[] {
  const modules = modulesOf(sources);
  return names.flatMap((rule) => [...rules[rule](modules)].map(([path, says]) => ({ rule, path, says })));
}

function* eachImport(modules: Modules): Iterable<readonly [Module, Import]> {
  for (const module of modules.values()) for (const one of module.imports) yield [module, one];
}

function* withinCore(modules: Modules): ReturnType<Rule> {
  for (const [{ path }, { path: to }] of eachImport(modules)) {
    if (to === undefined || !isCore(path)) continue;
    const allowed = coreImports(path);
    if (!isIn(to, allowed)) yield [path, `imports ${to}`];
  }
}

function coreImports(path: string): readonly string[] {
  const folder = path.split("/")[0] ?? "";
  if (folder === "audit") return ["audit/"];
  const place = (coreFolders as readonly string[]).indexOf(folder);
  const before = place < 0 ? coreFolders : coreFolders.slice(0, place + 1);
  return ["audit/", "ports.ts", "ports/", ...before.map((name) => `${name}/`)];
}

function* portsAreTypes(modules: Modules): ReturnType<Rule> {
  for (const port of [...modules.keys()].filter(isPort))
    for (const { specifier, typeOnly } of modules.get(port)?.imports ?? [])
      if (!typeOnly) yield [port, `imports more than types of ${specifier}`];
}

function* noCycle(modules: Modules): ReturnType<Rule> {
  for (const path of modules.keys())
    for (const [last, way] of reachable(modules, path))
      if (modules.get(last)?.imports.some(({ path: next }) => next === path))
        yield [path, `imports itself by ${[...way, path].join(" -> ")}`];
}

function* adaptersApart(modules: Modules): ReturnType<Rule> {
  for (const { path, imports } of modules.values()) {
    if (!path.startsWith("adapters/")) continue;
    const own = /^adapters\/[^/]+\//.exec(path)?.[0];
    if (own === undefined) yield [path, "is in no adapter's folder"];
    for (const { path: to } of imports)
      if (to !== undefined && !isCore(to) && !to.startsWith(own ?? path)) yield [path, `imports ${to}`];
  }
}

function* packagesAtHome(modules: Modules): ReturnType<Rule> {
  for (const [{ path }, { specifier }] of eachImport(modules)) {
    const name = packageOf(specifier);
    if (name === undefined || name.startsWith("node:") || isIn(path, rootsWhole)) continue;
    if (!isIn(path, homes.get(name) ?? [])) yield [path, `imports ${name}`];
  }
}

function* rootsAreRoots(modules: Modules): ReturnType<Rule> {
  for (const [{ path }, { path: to }] of eachImport(modules)) {
    if (to === undefined) continue;
    if (roots.includes(to) && rootOfRoot.get(path) !== to) yield [path, `imports the root ${to}`];
    if (isIn(to, supportOfRoots) && !isIn(path, [...roots, ...supportOfRoots]))
      yield [path, `imports ${to}, which is for roots`];
  }
}

const environment = /\bprocess\s*(\?\.|\.)?\s*(env\b|\[)|\{[^}]*\benv\b[^}]*\}\s*=\s*process|["'`](node:)?process["'`]/;

function* environmentInRoots(modules: Modules): ReturnType<Rule> {
  for (const { path, code } of modules.values())
    if (!isIn(path, rootsWhole) && environment.test(code)) yield [path, "reads process.env"];
}

// An instant that is given may be written as a date; the present one may not be asked for.
const outsideWorld: readonly (readonly [RegExp, string])[] = [
  [/\bnew\s+Date\b(?!\s*\(\s*[^\s)])|(?<!\bnew\s+)\bDate\b(?!\.(parse|UTC)\()/, "asks the clock"],
  [/\bTemporal\b|\bperformance\b|\bhrtime\b/, "asks the clock"],
  [/\bMath\s*(\?\.|\.)?\s*(random\b|\[)|\brandom(UUID|Bytes|Int|FillSync|Fill)\b|\bgetRandomValues\b/, "asks chance"],
  [/\bprocess\s*(\?\.|\.|\[)|=\s*process\b/, "asks the process"],
  [/\bglobalThis\b|\bimport\s*\.\s*meta\b|\beval\s*\(|\bnew\s+Function\b/, "reaches around the ports"],
  [/\bfetch\s*\(|\bWebSocket\b|\bconsole\s*\./, "reaches around the ports"],
];
const timers = /\bset(Timeout|Interval|Immediate)\b/;

function* pureCore(modules: Modules): ReturnType<Rule> {
  for (const { path, code, imports } of modules.values()) {
    if (!isCore(path)) continue;
    for (const [shape, says] of outsideWorld) {
      const found = shape.exec(code)?.[0];
      if (found !== undefined) yield [path, `${says}: ${found.trim()}`];
    }
    const timer = timers.exec(code)?.[0];
    if (timer !== undefined && !timersOfCore.includes(path)) yield [path, `sets a timer: ${timer}`];
    for (const { specifier } of imports) {
      const name = packageOf(specifier);
      if (name?.startsWith("node:") && !isIn(path, builtInsOfCore.get(name) ?? []))
        yield [path, `imports ${specifier}`];
    }
  }
}

function* theWall(modules: Modules): ReturnType<Rule> {
  for (const [root, forbidden] of wall) {
    if (!modules.has(root)) yield [root, "is not there, so nothing can be said of it"];
    for (const [path, way] of reachable(modules, root))
      for (const { specifier, path: to } of modules.get(path)?.imports ?? []) {
        const target = to ?? specifier;
        if (forbidden.some((place) => target === place || target.startsWith(place)))
          yield [root, `reaches ${target} by ${way.join(" -> ")}`];
      }
  }
}

function* insideOnly(modules: Modules): ReturnType<Rule> {
  for (const [{ path }, { specifier, path: to }] of eachImport(modules)) {
    if (packageOf(specifier) !== undefined && !/^(node:)?[@a-z][\w./@:-]*$/.test(specifier))
      yield [path, `imports "${specifier}", which is no plain name`];
    else if (packageOf(specifier) === undefined && to === undefined && !/^(\.\.\/)+package\.json$/.test(specifier))
      yield [path, `imports ${specifier}, outside of src`];
    else if (to !== undefined && !modules.has(to)) yield [path, `imports ${to}, which does not exist`];
  }
}

// What a scan for quotes cannot follow.
const hidden =
  /\bimport\s*\(\s*(?!\s*["'`/])|\bimport\s*\(\s*(["'`])[^"'`]*\1\s*[^\s),]|\bcreateRequire\b|\bgetBuiltinModule\b|\bimport\s*\.\s*meta\s*\.\s*resolve\b/;

function* importsInTheOpen(modules: Modules): ReturnType<Rule> {
  for (const { path, code, imports } of modules.values()) {
    const found = hidden.exec(code)?.[0];
    if (found !== undefined) yield [path, `imports what cannot be followed: ${found}`];
    for (const { specifier } of imports)
      if (/[\\$]/.test(specifier)) yield [path, `imports what cannot be followed: ${specifier}`];
      else if (builtinModules.includes(specifier)) yield [path, `imports ${specifier} without node:`];
  }
}

function* noBarrel(modules: Modules): ReturnType<Rule> {
  for (const { path, code, imports } of modules.values()) {
    const rest = code.replace(/\b(import|export)\b[^;]*?\bfrom\s*["'`][^"'`]*["'`]\s*(with\s*\{[^}]*\}\s*)?;?/g, "");
    if (/\bexport\b/.test(code) && imports.length > 0 && /^\s*(export\s*\{[^}]*\}\s*;?\s*)*$/.test(rest))
      yield [path, "only passes on what others export"];
  }
}

function* namesThatSay(modules: Modules): ReturnType<Rule> {
  for (const path of modules.keys()) {
    const names = path.replace(/\.[cm]?[jt]s$/, "").split("/");
    for (const name of names) {
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) yield [path, `${name} is not in kebab-case`];
      if (name.split("-").some((word) => drawers.test(word))) yield [path, `${name} is a drawer`];
    }
  }
}

function* shortFiles(modules: Modules): ReturnType<Rule> {
  for (const { path, lines } of modules.values()) {
    const limit = longFiles.has(path) ? longLimit : lineLimit;
    if (lines > limit) yield [path, `has ${lines} lines, more than ${limit}`];
  }
}

/** By name; each has a planted violation in architecture.test.ts. */
const rules = {
  "the core imports leftwards only": withinCore,
  "the ports are types": portsAreTypes,
  "no module imports itself, however far round": noCycle,
  "no adapter imports another, or a root": adaptersApart,
  "each package has one home": packagesAtHome,
  "nobody imports a root": rootsAreRoots,
  "only roots read the environment": environmentInRoots,
  "the core has no clock, no chance, no environment": pureCore,
  "the wall": theWall,
  "src imports itself and packages alone": insideOnly,
  "every import can be followed": importsInTheOpen,
  "no barrels": noBarrel,
  "names say what is inside": namesThatSay,
  "a file has one idea": shortFiles,
} satisfies Record<string, Rule>;

export const ruleNames = Object.keys(rules) as readonly RuleName[];
