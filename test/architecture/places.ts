/** The core, leftmost first: each folder may import those before it, and itself. */
export const coreFolders = ["operation", "policy", "challenge", "request", "execution"] as const;

/** Where a process begins; they may import anything, and nobody imports them. */
export const roots: readonly string[] = ["web.ts", "worker.ts", "cli.ts", "countersign.mjs"];

/** The roots with what is theirs alone: cli/ holds the commands of cli.ts. */
export const rootsWhole: readonly string[] = [...roots, "cli/"];

/** What only roots import. */
export const supportOfRoots: readonly string[] = [
  "config.ts",
  "environment.ts",
  "process.ts",
  "wiring/",
  "settings/",
  "cli/",
];

/** The command is a JavaScript file, which must check the version of Node before any TypeScript is read. */
export const rootOfRoot: ReadonlyMap<string, string> = new Map([["countersign.mjs", "cli.ts"]]);

/** Each package has one home. Roots are exempt; the wall holds for them all the same. */
export const homes: ReadonlyMap<string, readonly string[]> = new Map([
  ["@kubernetes/client-node", ["adapters/kubernetes/"]],
  ["@marcbachmann/cel-js", ["policy/condition.ts"]],
  ["@simplewebauthn/server", ["adapters/authenticators/", "adapters/witness/"]],
  ["@slack/bolt", ["adapters/slack/"]],
  ["@slack/types", ["adapters/slack/"]],
  ["@slack/web-api", ["adapters/slack/"]],
  ["bullmq", ["adapters/bullmq/"]],
  ["canonicalize", ["audit/canonical.ts"]],
  ["jose", ["adapters/witness/"]],
  ["openid-client", ["adapters/idp/"]],
  ["ioredis", ["adapters/redis/"]],
  ["otplib", ["adapters/authenticators/"]],
  ["pino", ["adapters/log/"]],
  ["qr", ["adapters/http/"]],
  ["undici", ["adapters/kubernetes/"]],
  ["yaml", ["policy/yaml-document.ts"]],
  ["zod", ["policy/", "config.ts", "environment.ts", "settings/"]],
]);

/** What the core may take from Node: computation alone. */
export const builtInsOfCore: ReadonlyMap<string, readonly string[]> = new Map([
  ["node:crypto", ["audit/canonical.ts", "request/sign.ts"]],
  ["node:util", ["operation/read-typed.ts"]],
]);

/** Timers that hold something open while it lasts; they decide nothing. */
export const timersOfCore: readonly string[] = ["execution/hold.ts"];

/** What a process must never reach. */
export const wall: ReadonlyMap<string, readonly string[]> = new Map([
  ["web.ts", ["@kubernetes/", "execution/", "adapters/kubernetes/"]],
  ["worker.ts", ["@slack/", "otplib", "adapters/slack/", "adapters/authenticators/", "adapters/idp/"]],
]);

export const lineLimit = 250;
/** Files that are one idea and longer all the same; none beyond `longLimit`. */
export const longFiles: ReadonlyMap<string, string> = new Map([
  ["ports.ts", "all that is asked of the outside stands on one page"],
  ["request/transition.ts", "the state machine stands on one page"],
]);
export const longLimit = 350;

/** Drawers: names that say nothing of what lies inside. */
export const drawers =
  /^(utils?|helpers?|services?|managers?|types?|interfaces?|commons?|misc|lib|shared|constants?|index)$/;

/** What the core asks of the outside: types and their guarantees. What only one room asks stands in `ports/`. */
export function isPort(path: string): boolean {
  return path === "ports.ts" || path.startsWith("ports/");
}

export function isCore(path: string): boolean {
  return isPort(path) || /^(operation|policy|challenge|request|execution|audit)\//.test(path);
}

/** `places` are files, or folders when they end in a slash. */
export function isIn(path: string, places: readonly string[]): boolean {
  return places.some((place) => (place.endsWith("/") ? path.startsWith(place) : path === place));
}
