import { type ASTNode, Environment } from "@marcbachmann/cel-js";
import { conditionFacts, rootOf } from "./condition-facts.ts";
import type { Condition } from "./policy.ts";
import { isZone } from "./zone.ts";

/** What is wrong with a condition, and at which character of it, from 0. */
export interface ConditionFault {
  readonly fault: string;
  readonly offset: number;
}

// What is read is at most a page, and what is evaluated takes microseconds: there are no loops within loops.
const limits = { maxAstNodes: 200, maxDepth: 30, maxListElements: 50, maxMapEntries: 10, maxCallArguments: 4 };

/** Macros that look at each element of a list; one never stands within another. */
const macros: ReadonlySet<string> = new Set(["exists", "all"]);
const ofTime: ReadonlySet<string> = new Set([
  ...["getHours", "getMinutes", "getDayOfWeek", "getDayOfMonth", "getDayOfYear", "getMonth", "getFullYear"],
]);
/** Every function there is. None is a regular expression, grows what it is given, or asks a clock. */
const functions: ReadonlySet<string> = new Set([
  ...["size", "has", "timestamp", "startsWith", "endsWith", "contains", ...macros, ...ofTime],
]);

const language = new Environment({ limits, enableOptionalTypes: false });
for (const [root, type] of variables()) language.registerVariable(root, type as never);

/** Compiles a condition in CEL (the Common Expression Language), or says what is wrong with it. Never throws on any text. */
export function compileCondition(text: string): Condition | ConditionFault {
  try {
    const compiled = language.parse(text);
    const about = new Set<string>();
    const fault = faultIn(compiled.ast, about, false);
    if (fault) return fault;
    const { valid, type, error } = compiled.check();
    if (!valid) return faultOf(error);
    if (type?.toString() !== "bool")
      return { fault: `it answers ${type?.toString() ?? "nothing"}, and must answer true or false`, offset: 0 };
    return { text, about, holds: (known) => !isFalse(() => compiled({ ...known })) };
  } catch (fault) {
    return faultOf(fault);
  }
}

/** False for certain: neither a fault nor anything else than the boolean. */
function isFalse(evaluate: () => unknown): boolean {
  try {
    return evaluate() === false;
  } catch {
    return false;
  }
}

/** The first thing that does not belong into a condition; gathers which facts it asks for. */
function faultIn(node: ASTNode, about: Set<string>, withinMacro: boolean): ConditionFault | undefined {
  const no = (fault: string): ConditionFault => ({ fault, offset: node.start });
  if (node.op === "id") about.add(node.args);
  if (node.op !== "call" && node.op !== "rcall") return first(childrenOf(node.args), about, withinMacro);
  const [name] = node.args;
  const given = node.op === "call" ? node.args[1] : node.args[2];
  const receiver = node.op === "call" ? [] : [node.args[1]];
  if (name === "matches") return no("regular expressions are not taken: startsWith, endsWith and contains are");
  if (!functions.has(name)) return no(`there is no ${name}() here; there are ${[...functions].join(", ")}`);
  const isMacro = macros.has(name);
  if (isMacro && withinMacro) return no(`${name}() stands within another such, which could take for ever`);
  if (ofTime.has(name) && given.length > 0 && !isZone(literalOf(given[0]) ?? ""))
    return no(`${name}() takes the name of a time zone, such as "Europe/Berlin"`);
  if (name === "timestamp" && Number.isNaN(Date.parse(literalOf(given[0]) ?? "")))
    return no('timestamp() takes a moment as text, such as "2026-12-24T18:00:00Z"');
  return first([...receiver, ...given], about, withinMacro || isMacro);
}

function first(nodes: readonly ASTNode[], about: Set<string>, withinMacro: boolean): ConditionFault | undefined {
  for (const node of nodes) {
    const fault = faultIn(node, about, withinMacro);
    if (fault) return fault;
  }
  return undefined;
}

/** The nodes below, of whatever shape the operator's operands are. */
function childrenOf(args: unknown): readonly ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return typeof args === "object" && args !== null && "op" in args ? [args as ASTNode] : [];
}

function literalOf(node: ASTNode | undefined): string | undefined {
  return node?.op === "value" && typeof node.args === "string" ? node.args : undefined;
}

function faultOf(fault: unknown): ConditionFault {
  const { summary, message, range } = fault as { summary?: string; message?: string; range?: { start: number } };
  return { fault: (summary ?? message ?? "it cannot be read").split("\n")[0] ?? "", offset: range?.start ?? 0 };
}

/** The facts as CEL's variables: those of one root make one, whose parts are typed. */
function variables(): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [name, { type }] of Object.entries(conditionFacts)) {
    const root = rootOf(name);
    if (root === name) found.set(root, type);
    else {
      const { schema = {} } = (found.get(root) ?? {}) as { schema?: object };
      found.set(root, { schema: { ...schema, [name.slice(root.length + 1)]: type } });
    }
  }
  return found;
}
