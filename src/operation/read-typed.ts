import { parseArgs } from "node:util";
import type { Flag, Form, Typed } from "./entry.ts";
import { parseNamespace } from "./name.ts";
import { nearest } from "./nearest.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { badName, namespaceMissing, short } from "./typed.ts";

/** Which clusters exist, and which one is meant when none is named. */
export interface Clusters {
  readonly clusters: readonly string[];
  readonly defaultCluster: string;
}

/** What kubectl takes to mean many objects at once, known only when it runs. */
const unnamed: ReadonlySet<string> = new Set(["all", "all-namespaces", "A", "selector", "l", "field-selector"]);

/** Reads `-n`, `-c` and what the form takes; each at most once, nothing unknown. */
export function readTyped(
  form: Pick<Form, "usage" | "namespace" | "flags">,
  words: readonly string[],
  reason: string,
  place: Clusters,
): Typed | Refusal {
  const { usage } = form;
  const flags: Readonly<Record<string, Flag>> = {
    ...(form.namespace === "none" ? {} : { namespace: { short: "n" } }),
    cluster: { short: "c" },
    ...form.flags,
  };
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { short, isSwitch }]) => [
      name,
      { type: isSwitch ? ("boolean" as const) : ("string" as const), ...(short === undefined ? {} : { short }) },
    ]),
  );
  const { positionals, tokens } = parseArgs({
    args: [...words],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string> = {};
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (!flag && unnamed.has(token.name))
      return refuse(
        "bad-arguments",
        `\`${token.rawName}\` is never taken: what is approved is what was looked at.`,
        `Say one object by its name. Usage: \`${usage}\``,
      );
    if (!flag) {
      const meant = nearest(token.name, Object.keys(flags));
      return refuse(
        "bad-arguments",
        `\`${short(token.rawName)}\` is not an argument of this operation.`,
        meant ? `Did you mean \`--${meant}\`? Usage: \`${usage}\`` : `Usage: \`${usage}\``,
      );
    }
    if (Object.hasOwn(values, token.name))
      return refuse("bad-arguments", `\`${token.rawName}\` is given twice.`, "Give it once.");
    if (flag.isSwitch ? token.value !== undefined : !token.value)
      return refuse(
        "bad-arguments",
        `\`${token.rawName}\` ${flag.isSwitch ? "takes no value" : "has no value"}.`,
        `Usage: \`${usage}\``,
      );
    values[token.name] = token.value ?? "";
  }
  const { namespace: asked, cluster = place.defaultCluster, ...rest } = values;
  if (asked === undefined && form.namespace === "needed") return namespaceMissing(usage);
  const namespace = asked === undefined ? undefined : parseNamespace(asked);
  if (asked !== undefined && !namespace) return badName("namespace", asked);
  // After kubectl `-c` is a container.
  const hint = form.flags && Object.hasOwn(form.flags, "container") ? " A container is said with `--container`." : "";
  if (!place.clusters.includes(cluster))
    return refuse(
      "unknown-cluster",
      `There is no cluster \`${short(cluster)}\`.`,
      `Known: ${place.clusters.join(", ")}.${hint}`,
    );
  return { cluster, namespace, positionals, flags: rest, usage, reason };
}
