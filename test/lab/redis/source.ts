import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What the choice of a Redis looks at. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined where there are no user ids. */
  readonly uid: number | undefined;
  /** The text of /etc/os-release, "" where there is none. */
  readonly osRelease: string;
  canExecute(path: string): boolean;
}

/** Where a Redis comes from. */
export type Source =
  /** Somebody runs it for us; it is never stopped or flushed. */
  | { readonly kind: "given"; readonly url: string }
  /** A server program that we start ourselves. */
  | { readonly kind: "program"; readonly path: string }
  /** Debian or Ubuntu, and we are root: the program can be installed. */
  | { readonly kind: "package" }
  | { readonly kind: "none" };

/** Takes the first there is: `REDIS_URL`, a server program on PATH, a package to install. */
export function chooseSource(surroundings: Surroundings): Source {
  const url = surroundings.env["REDIS_URL"];
  return url ? { kind: "given", url } : chooseOwnSource(surroundings);
}

/** The same for a Redis that must be ours, to be killed or to be given other settings: `REDIS_URL` is not looked at. */
export function chooseOwnSource(surroundings: Surroundings): Exclude<Source, { kind: "given" }> {
  const path = findProgram(surroundings);
  if (path !== undefined) return { kind: "program", path };
  return canInstall(surroundings) ? { kind: "package" } : { kind: "none" };
}

/**
 * The first `redis-server` on PATH, else the first `valkey-server`.
 * @public Asked for by a process that the tests write as text.
 */
export function findProgram({ env, canExecute }: Surroundings): string | undefined {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const paths = ["redis-server", "valkey-server"].flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find((path) => canExecute(path));
}

function canInstall({ uid, osRelease, canExecute }: Surroundings): boolean {
  const isDebian = /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(osRelease);
  return uid === 0 && isDebian && canExecute("/usr/bin/apt-get");
}

/** The machine as it is now. */
export function theseSurroundings(): Surroundings {
  return {
    env: process.env,
    uid: process.getuid?.(),
    osRelease: readOr("/etc/os-release", ""),
    canExecute(path) {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
  };
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return otherwise;
  }
}
