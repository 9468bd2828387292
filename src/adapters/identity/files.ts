import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { readDirectory } from "../../policy/directory-document.ts";
import { readPolicy } from "../../policy/document.ts";
import { type People, withRoster } from "../../policy/people.ts";
import type { Policy } from "../../policy/policy.ts";
import { readScim } from "../../policy/scim-document.ts";
import type { DocumentFault } from "../../policy/yaml-document.ts";
import type { ListedDirectory } from "../../ports/link.ts";
import type { PolicySource } from "../../ports.ts";

/** Reads one file of several, by what makes a value of its text. Throws {@link FaultyFile}. */
type Open = <T extends object>(
  file: string,
  by: (text: string) => T | { readonly faults: readonly DocumentFault[] },
) => T;

/** What mounted files say; they are read again when one changed. A faulty new one is refused, and the old ones stay, loudly. */
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

function mount<T>(
  read: (open: Open) => T,
  onFault: (fault: unknown, stays: T) => void,
  onTaken: (value: T, was: T) => void = () => undefined,
): Mounted<T> {
  /** Those that were opened last, as they were then. */
  let seen = new Map<string, string | undefined>();
  const load = () => {
    seen = new Map();
    return read((file, by) => {
      seen.set(file, stampOf(file));
      return readWhole(file, by);
    });
  };
  let value = load();
  return {
    current() {
      try {
        if ([...seen].every(([file, stamp]) => stamp !== undefined && stampOf(file) === stamp)) return value;
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

const readWhole: Open = (file, by) => {
  const value = by(readFileSync(file, "utf8"));
  if ("faults" in value) throw new FaultyFile(file, value.faults);
  return value;
};

/** Undefined while it cannot be looked at: then it is tried again. */
function stampOf(file: string): string | undefined {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs}/${size}/${ino}`;
  } catch {
    return undefined;
  }
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
  return mount((open) => open(file, readPolicy), onFault, onTaken);
}

/**
 * Subjects, groups and Slack links from a mounted YAML file, and from the SCIM resources it names. Throws
 * {@link FaultyFile} when the first one is faulty.
 */
export function fileDirectory(file: string, onFault: (fault: unknown) => void): ListedDirectory {
  const mounted = mount((open) => peopleOf(file, open), onFault);
  return {
    subject: async (sub) => mounted.current().subjects.get(sub),
    people: async () => [...mounted.current().subjects.values()],
    bySlack: async (team, user) => mounted.current().bySlack.get(`${team}/${user}`),
    claims: async ({ team, user }) => mounted.current().bySlack.has(`${team}/${user}`),
    slackUsers: async (sub) => mounted.current().slackUsers.get(sub) ?? [],
  };
}

/** Everybody whom these files know now. Throws {@link FaultyFile}. */
export function readPeople(file: string): People {
  return peopleOf(file, readWhole);
}

function peopleOf(file: string, open: Open): People {
  const listed = open(file, readDirectory);
  if (!listed.scim) return listed;
  const { subject, file: beside } = listed.scim;
  return withRoster(
    listed,
    open(resolve(dirname(file), beside), (text) => readScim(text, subject)),
  );
}
