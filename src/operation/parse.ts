import { parseArgs } from "node:util";
import { catalogue } from "./catalogue.ts";
import { type Namespace, parseName, parseNamespace } from "./name.ts";
import { nearest } from "./nearest.ts";
import type { Operation, Target } from "./operation.ts";
import { isRefusal, type Refusal, refuse } from "./refusal.ts";
import { secretIn } from "./secret.ts";
import { plainLine, splitWords } from "./words.ts";

/** Everything that can be typed after the slash command. */
export type Command =
  | { readonly kind: "help"; readonly topic?: string }
  | { readonly kind: "status"; readonly id: string }
  | { readonly kind: "mine" }
  | { readonly kind: "cancel"; readonly id: string; readonly reason: string }
  | { readonly kind: "operate"; readonly operation: Operation; readonly reason: string };

/** Where a command is spoken: which clusters exist, and which one is meant when none is named. */
export interface Place {
  readonly clusters: readonly string[];
  readonly defaultCluster: string;
}

/** The longest reason that is kept, in characters; cards show it whole. */
export const reasonLength = 300;

const beginnings = ["help", "status", "mine", "cancel", "get", "rollout restart", "scale"] as const;
const deploymentWords = new Set(["deploy", "deployment", "deployments", "deployment.apps", "deployments.apps"]);
const podWords = new Set(["po", "pod", "pods"]);

/** Turns typed text into a command, or says what was wrong and what would be right. Never throws on any text. */
export function parse(text: string, place: Place): Command | Refusal {
  // Both: what is taken out of a line may hide a secret that stands in the text, or that only then stands there.
  const secret = secretIn(text) ?? secretIn(plainLine(text));
  if (secret)
    return refuse(
      "secret-in-text",
      `The text seems to hold ${secret}. Nothing was done, but Slack has already stored it.`,
      "Rotate that secret now, and ask again without it.",
    );
  const spoken = splitWords(text);
  if (isRefusal(spoken)) return spoken;
  if (spoken.reason.length > reasonLength)
    return refuse(
      "bad-arguments",
      `The reason has ${spoken.reason.length} characters.`,
      `Use at most ${reasonLength}.`,
    );
  const [first = "help", ...rest] = spoken.words;
  switch (first.toLowerCase()) {
    case "help":
      return rest.length > 0 ? { kind: "help", topic: rest.join(" ") } : { kind: "help" };
    case "mine":
      return rest.length > 0 ? tooMuch(rest, "mine") : { kind: "mine" };
    case "status":
    case "cancel":
      return parseAbout(first.toLowerCase() as "status" | "cancel", rest, spoken.reason);
    case "get":
      return parseGet(rest, spoken.reason, place);
    case "rollout":
      return parseRollout(rest, spoken.reason, place);
    case "scale":
      return parseScale(rest, spoken.reason, place);
    default:
      return unknownCommand(spoken.words);
  }
}

function unknownCommand(words: readonly string[]): Refusal {
  const typed = words.slice(0, 2).join(" ");
  const meant =
    nearest(typed, beginnings) ??
    nearest(
      words[0] ?? "",
      beginnings.map((b) => b.split(" ")[0] ?? b),
    );
  return refuse(
    "unknown-command",
    `There is no command \`${short(typed)}\`.`,
    meant ? `Did you mean \`${meant}\`? \`help\` lists all.` : "`help` lists all commands.",
  );
}

function parseAbout(kind: "status" | "cancel", words: readonly string[], reason: string): Command | Refusal {
  const [id, ...more] = words;
  if (id === undefined) return refuse("bad-arguments", "The request's id is missing.", `${kind} r-ab12cd34`);
  if (more.length > 0) return tooMuch(more, `${kind} ${short(id)}`);
  if (!/^r-[a-z0-9]{4,20}$/.test(id))
    return refuse(
      "bad-arguments",
      `\`${short(id)}\` is no request id.`,
      "Ids look like r-ab12cd34; `mine` lists yours.",
    );
  return kind === "status" ? { kind, id } : { kind, id, reason };
}

interface Flags {
  readonly positionals: readonly string[];
  readonly namespace: Namespace;
  readonly cluster: string;
  readonly replicas?: string;
}

/** Reads `-n`, `-c` and, where it belongs, `--replicas`; each at most once, nothing unknown. */
function readFlags(words: readonly string[], usage: string, place: Place, withReplicas: boolean): Flags | Refusal {
  const options = {
    namespace: { type: "string", short: "n" },
    cluster: { type: "string", short: "c" },
    ...(withReplicas ? { replicas: { type: "string" } as const } : {}),
  } as const;
  const known = Object.keys(options);
  const { values, positionals, tokens } = parseArgs({
    args: [...words],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (!known.includes(token.name)) {
      const meant = nearest(token.name, known);
      return refuse(
        "bad-arguments",
        `\`${short(token.rawName)}\` is not an argument of this operation.`,
        meant ? `Did you mean \`--${meant}\`? Usage: \`${usage}\`` : `Usage: \`${usage}\``,
      );
    }
    if (seen.has(token.name)) return refuse("bad-arguments", `\`${token.rawName}\` is given twice.`, "Give it once.");
    if (!token.value) return refuse("bad-arguments", `\`${token.rawName}\` has no value.`, `Usage: \`${usage}\``);
    seen.add(token.name);
  }
  const asked = values["namespace"];
  if (typeof asked !== "string")
    return refuse("bad-arguments", "The namespace is missing: it is never guessed.", `Usage: \`${usage}\``);
  const namespace = parseNamespace(asked);
  if (!namespace) return badName("namespace", asked);
  const cluster = typeof values["cluster"] === "string" ? values["cluster"] : place.defaultCluster;
  if (!place.clusters.includes(cluster))
    return refuse(
      "unknown-cluster",
      `There is no cluster \`${short(cluster)}\`.`,
      `Known: ${place.clusters.join(", ")}.`,
    );
  const replicas = (values as Record<string, unknown>)["replicas"];
  return { positionals, namespace, cluster, ...(typeof replicas === "string" ? { replicas } : {}) };
}

function parseGet(words: readonly string[], reason: string, place: Place): Command | Refusal {
  const usage = catalogue.get.usage;
  const flags = readFlags(words, usage, place, false);
  if (isRefusal(flags)) return flags;
  const [what = "", named, ...more] = flags.positionals.flatMap((word, i) => (i === 0 ? word.split("/") : [word]));
  if (more.length > 0) return tooMuch(more, usage);
  const resource = podWords.has(what) ? "pods" : deploymentWords.has(what) ? "deployments" : undefined;
  if (!resource)
    return refuse(
      "bad-arguments",
      what === "" ? "It is not said what to get." : `\`${short(what)}\` cannot be read from here.`,
      `Usage: \`${usage}\``,
    );
  if (named === undefined)
    return {
      kind: "operate",
      reason,
      operation: { kind: "get", cluster: flags.cluster, resource, namespace: flags.namespace },
    };
  const name = parseName(named);
  if (!name) return badName("name", named);
  return {
    kind: "operate",
    reason,
    operation: { kind: "get", cluster: flags.cluster, resource, namespace: flags.namespace, name },
  };
}

function parseRollout(words: readonly string[], reason: string, place: Place): Command | Refusal {
  const usage = catalogue["rollout-restart"].usage;
  const [verb = "", ...rest] = words;
  if (verb !== "restart")
    return refuse(
      "unknown-command",
      `There is no command \`rollout ${short(verb)}\`.`,
      `Did you mean \`rollout restart\`? Usage: \`${usage}\``,
    );
  const flags = readFlags(rest, usage, place, false);
  if (isRefusal(flags)) return flags;
  const target = readTarget(flags, usage);
  if (isRefusal(target)) return target;
  return withReason({ kind: "rollout-restart", cluster: flags.cluster, target }, reason, usage);
}

function parseScale(words: readonly string[], reason: string, place: Place): Command | Refusal {
  const usage = catalogue.scale.usage;
  const flags = readFlags(words, usage, place, true);
  if (isRefusal(flags)) return flags;
  const target = readTarget(flags, usage);
  if (isRefusal(target)) return target;
  if (flags.replicas === undefined) return refuse("bad-arguments", "`--replicas` is missing.", `Usage: \`${usage}\``);
  if (!/^(0|[1-9]\d{0,3})$/.test(flags.replicas))
    return refuse(
      "bad-arguments",
      `\`${short(flags.replicas)}\` is no number of replicas.`,
      "Give a whole number from 0 to 9999.",
    );
  return withReason({ kind: "scale", cluster: flags.cluster, target, replicas: Number(flags.replicas) }, reason, usage);
}

function readTarget(flags: Flags, usage: string): Target | Refusal {
  const [object = "", second, ...more] = flags.positionals;
  const parts = object.split("/");
  if (second !== undefined && parts.length === 1) parts.push(second);
  else if (second !== undefined) return tooMuch([second, ...more], usage);
  if (more.length > 0) return tooMuch(more, usage);
  const [word = "", named] = parts;
  if (parts.length > 2 || !deploymentWords.has(word))
    return refuse(
      "bad-arguments",
      object === "" ? "It is not said which deployment." : `\`${short(object)}\` is not a deployment.`,
      `Usage: \`${usage}\``,
    );
  if (named === undefined) return refuse("bad-arguments", "The deployment's name is missing.", `Usage: \`${usage}\``);
  const name = parseName(named);
  return name ? { kind: "Deployment", namespace: flags.namespace, name } : badName("name", named);
}

function withReason(operation: Operation, reason: string, usage: string): Command | Refusal {
  if (reason === "")
    return refuse("bad-arguments", "The reason is missing: it stands in the audit trail.", `Usage: \`${usage}\``);
  return { kind: "operate", operation, reason };
}

function badName(what: "name" | "namespace", text: string): Refusal {
  const form =
    what === "name" ? "lower-case letters, digits, dashes and dots" : "lower-case letters, digits and dashes";
  return refuse(
    "bad-name",
    `\`${short(text)}\` cannot be a ${what} in Kubernetes.`,
    `A ${what} has ${form}, and begins and ends with a letter or digit.`,
  );
}

function tooMuch(words: readonly string[], usage: string): Refusal {
  return refuse("bad-arguments", `\`${short(words.join(" "))}\` is too much.`, `Usage: \`${usage}\``);
}

/** What was typed, short enough to be quoted back, without what could end the quotation. */
function short(text: string): string {
  const clean = [...text.replaceAll("`", "'")];
  return clean.length > 60 ? `${clean.slice(0, 59).join("")}…` : clean.join("");
}
