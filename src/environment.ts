import { readFileSync } from "node:fs";
import type { z } from "zod";
import { nearest } from "./operation/nearest.ts";

/** Environment variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with a configuration, each fault with the name it is about. */
export class FaultyConfiguration extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.name = "FaultyConfiguration";
    this.faults = faults;
  }
}

/** A cluster adds variables for each Service beside a pod, such as COUNTERSIGN_PAGES_PORT_80_TCP: those are not ours. */
const ourNames = /^COUNTERSIGN_(?!.*_(SERVICE|PORT)(_|$))/;

export interface Reading<T> {
  /** Undefined when a fault was found in it. */
  readonly env: T | undefined;
  /** What stands under each name, from the environment or from a file, not yet checked. */
  readonly values: Readonly<Record<string, string>>;
  readonly faults: string[];
}

/**
 * Reads `known` settings by a schema: every fault at once, each with its name and never with its value, which may be a
 * secret. `forbidden` are those of the other side of the wall.
 */
export function readEnvironment<T>(
  environment: Environment,
  schema: z.ZodType<T>,
  known: readonly string[],
  forbidden: readonly string[] = [],
): Reading<T> {
  const faults: string[] = [];
  for (const name of forbidden)
    if (environment[name] || environment[`${name}_FILE`])
      faults.push(`${name}: belongs to the other process and must not be here`);
  const { values, unread } = withFiles(environment, faults);
  for (const name of Object.keys(environment))
    if (ourNames.test(name) && !known.includes(name.replace(/(?<!_CLUSTERS)_FILE$/, "")))
      faults.push(`${name}: is no setting${suggestion(name, known)}`);
  const read = schema.safeParse(values);
  if (read.success) return { env: read.data, values, faults };
  for (const { path, message } of read.error.issues) {
    const name = path.map(String).join(".");
    if (unread.has(name)) continue;
    faults.push(`${name}: ${values[name] === undefined ? "is missing" : message}`);
  }
  return { env: undefined, values, faults };
}

function suggestion(name: string, known: readonly string[]): string {
  const meant = nearest(
    name,
    known.map((one) => one.toLowerCase()),
  );
  return meant === undefined ? "" : `; did you mean ${meant.toUpperCase()}?`;
}

/** `NAME_FILE` stands for the content of that file, as secrets are mounted. `unread` are names whose file could not be. */
function withFiles(environment: Environment, faults: string[]) {
  const values: Record<string, string> = {};
  const unread = new Set<string>();
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || value === "") continue;
    values[name] = value;
  }
  for (const [name, file] of Object.entries(values)) {
    const plain = /^((?:COUNTERSIGN|SLACK|REDIS)_[A-Z_]+)_FILE$/.exec(name)?.[1];
    if (plain === undefined || name === "COUNTERSIGN_CLUSTERS_FILE") continue;
    try {
      values[plain] = readFileSync(file, "utf8").trim();
    } catch (fault) {
      unread.add(plain);
      faults.push(`${name}: ${file} cannot be read (${codeOf(fault)})`);
    }
  }
  return { values, unread };
}

/** The code of a fault of the file system, such as ENOENT. */
export function codeOf(fault: unknown): string {
  return fault instanceof Error && "code" in fault ? String(fault.code) : "unknown";
}
