import { type Refusal, refuse } from "./refusal.ts";
import { short, tooMuch } from "./typed.ts";

/** The scope of a freeze that holds up every cluster; no cluster can be called so. */
export const everywhere = "*";

/** What is typed to pull the brake, and to let it go. */
export interface Freezing {
  readonly kind: "freeze" | "unfreeze";
  /** A cluster's name, or {@link everywhere}. */
  readonly scope: string;
  readonly reason: string;
}

export const freezingUsage = {
  freeze: "freeze [CLUSTER] -- REASON",
  unfreeze: "unfreeze [CLUSTER] -- REASON",
} as const;

/** Reads the words after `freeze` or `unfreeze`. Without a cluster every one is meant: stopping too much is the safe error. */
export function readFreezing(
  kind: Freezing["kind"],
  words: readonly string[],
  reason: string,
  clusters: readonly string[],
): Freezing | Refusal {
  const usage = freezingUsage[kind];
  const [scope = everywhere, ...more] = words;
  if (more.length > 0) return tooMuch(more, usage);
  if (scope !== everywhere && !clusters.includes(scope))
    return refuse(
      "unknown-cluster",
      `There is no cluster \`${short(scope)}\`.`,
      `Known: ${clusters.join(", ")}. Without one, every cluster is meant. Usage: \`${usage}\``,
    );
  if (reason === "")
    return refuse("bad-arguments", "The reason is missing: everybody who waits reads it.", `Usage: \`${usage}\``);
  return { kind, scope, reason };
}
