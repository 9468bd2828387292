import { readFileSync, statSync } from "node:fs";
import { type People, readDirectory } from "../../policy/directory-document.ts";
import { readPolicy } from "../../policy/document.ts";
import type { Policy } from "../../policy/policy.ts";
import type { DocumentFault } from "../../policy/yaml-document.ts";
import type { Directory, PolicySource } from "../../ports.ts";

/** A mounted file that is read again when it changed; a faulty new one is refused, and the old one stays, loudly. */
interface Mounted<T> {
  current(): T;
}

/** All faults of a file as `file:line:column: words`. */
export class FaultyFile extends Error {
  readonly faults: readonly string[];
  constructor(file: string, faults: readonly DocumentFault[]) {
    const lines = faults.map(({ line, column, says }) => `${file}:${line}:${column}: ${says}`);
    super(lines.join("\n"));
    this.name = "FaultyFile";
    this.faults = lines;
  }
}

function mount<T extends object>(
  file: string,
  read: (text: string) => T | { readonly faults: readonly DocumentFault[] },
  onFault: (fault: unknown, stays: T) => void,
  onTaken: (value: T, was: T) => void = () => undefined,
): Mounted<T> {
  const load = () => {
    const value = read(readFileSync(file, "utf8"));
    if ("faults" in value) throw new FaultyFile(file, value.faults);
    return value;
  };
  const stamp = () => {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs}/${size}/${ino}`;
  };
  let seen = stamp();
  let value = load();
  return {
    current() {
      try {
        const now = stamp();
        if (now === seen) return value;
        seen = now;
        const was = value;
        value = load();
        onTaken(value, was);
      } catch (fault) {
        onFault(fault, value);
      }
      return value;
    },
  };
}

/**
 * The policy from a mounted YAML file. Throws {@link FaultyFile} when the first one is faulty. Each later revision is
 * told with the one it follows, and each that is refused with the one that stays.
 */
export function filePolicy(
  file: string,
  onFault: (fault: unknown, stays: Policy) => void,
  onTaken?: (policy: Policy, was: Policy) => void,
): PolicySource {
  return mount<Policy>(file, readPolicy, onFault, onTaken);
}

/** Subjects, groups and Slack links from a mounted YAML file. Throws {@link FaultyFile} when the first one is faulty. */
export function fileDirectory(file: string, onFault: (fault: unknown) => void): Directory {
  const mounted = mount<People>(file, readDirectory, onFault);
  return {
    subject: async (sub) => mounted.current().subjects.get(sub),
    people: async () => [...mounted.current().subjects.values()],
    bySlack: async (team, user) => mounted.current().bySlack.get(`${team}/${user}`),
    slackUsers: async (sub) => mounted.current().slackUsers.get(sub) ?? [],
  };
}
