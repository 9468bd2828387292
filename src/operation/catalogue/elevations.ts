import {
  elevationListRules,
  elevationPlanRules,
  elevationRules,
  isNeverGiven,
  longestElevation,
} from "../elevation.ts";
import type { Entry, Form, Typed } from "../entry.ts";
import { type Namespace, parseName } from "../name.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { parseSpan, spanInWords, spanShape, spokenSpan } from "../span.ts";
import type { Target } from "../target.ts";
import { namespaceMissing, short, tooMuch } from "../typed.ts";

/**
 * Binds the requester, and nobody else, to a role in one namespace for a while. Who they are in that cluster is in the
 * directory; it is never typed.
 */
export interface Elevate {
  readonly kind: "elevate";
  readonly cluster: string;
  /** The role, and the one namespace where it is given. */
  readonly target: Target<"ClusterRole">;
  /** How long, in whole seconds from the grant on. */
  readonly seconds: number;
}

export const elevate: Entry<Elevate> = {
  usage: "elevate --role=ROLE --for=30m -n NAMESPACE -- REASON",
  summary: "hold a Kubernetes role in one namespace for a while",
  group: "@change",
  idempotent: false,
  account: "countersign-elevate",
  rules: elevationRules,
  plansWith: elevationPlanRules,
  say: ({ target, seconds }) => `elevate --role=${target.name} --for=${spokenSpan(seconds * 1000)}`,
  headline: ({ target, seconds }) => `Elevate to ${target.name} for ${spanInWords(seconds * 1000)}`,
  wish: ({ target, seconds }) => `hold the role ${target.name} for ${spanInWords(seconds * 1000)}`,
};

/** Lists who holds a role for a while: read off the cluster, which knows of those that we forgot. */
export interface Elevations {
  readonly kind: "elevations";
  readonly cluster: string;
  /** Absent: wherever they are. */
  readonly namespace?: Namespace;
}

export const elevations: Entry<Elevations> = {
  usage: "elevations [-n NAMESPACE]",
  summary: "who holds a role for a while, and until when",
  group: "@read",
  idempotent: true,
  account: "countersign-elevations",
  rules: elevationListRules,
  say: () => "elevations",
  headline: () => "List elevations",
  wish: () => "list who holds a role for a while",
};

export const elevationForms: readonly Form<Elevate | Elevations>[] = [
  {
    words: "elevations",
    usage: elevations.usage,
    namespace: "optional",
    read: ({ positionals, cluster, namespace, usage }) =>
      positionals.length > 0
        ? tooMuch(positionals, usage)
        : { kind: "elevations", cluster, ...(namespace === undefined ? {} : { namespace }) },
  },
  {
    words: "elevate",
    usage: elevate.usage,
    namespace: "optional",
    flags: { role: {}, for: {} },
    read(typed) {
      const { cluster, namespace, positionals, usage } = typed;
      if (positionals.length > 0) return tooMuch(positionals, usage);
      if (namespace === undefined)
        return {
          ...namespaceMissing(usage),
          remedy: `A role is given in one namespace, never in the whole cluster. Usage: \`${usage}\``,
        };
      const role = readRole(typed);
      if ("refused" in role) return role;
      const seconds = readSeconds(typed);
      if (typeof seconds !== "number") return seconds;
      return { kind: "elevate", cluster, target: { kind: "ClusterRole", namespace, name: role.name }, seconds };
    },
  },
];

function readRole({ flags, usage }: Typed): Pick<Elevate["target"], "name"> | Refusal {
  const { role } = flags;
  if (role === undefined) return refuse("bad-arguments", "`--role` is missing.", `Usage: \`${usage}\``);
  const name = parseName(role);
  if (name === undefined || isNeverGiven(role))
    return refuse(
      "bad-arguments",
      `\`${short(role)}\` is no role that can be given for a while.`,
      "Name a ClusterRole such as view or edit; what may give roles away itself would outlast its end.",
    );
  return { name };
}

function readSeconds({ flags, usage }: Typed): number | Refusal {
  const text = flags["for"];
  if (text === undefined) return refuse("bad-arguments", "`--for` is missing.", `Usage: \`${usage}\``);
  const ms = parseSpan(text);
  if (ms === undefined || ms === 0)
    return refuse("bad-arguments", `\`${short(text)}\` is no time.`, `A time looks like ${spanShape}.`);
  if (ms > longestElevation)
    return refuse(
      "bad-arguments",
      `\`${short(text)}\` is too long.`,
      `Nothing is given for more than ${spokenSpan(longestElevation)}.`,
    );
  return ms / 1000;
}
