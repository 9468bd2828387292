import type { Typed } from "./entry.ts";
import { type Name, parseName } from "./name.ts";
import { type KindName, kindOf, objectKinds } from "./object-kind.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { NodeTarget, Target } from "./target.ts";

/** An object as it was typed: its kind, and its name where one stands. */
interface TypedObject<K extends KindName> {
  readonly kind: K;
  readonly name?: Name;
}

/** Reads `KIND/NAME` or `KIND NAME` out of the words; nothing may stand behind it. */
function readObject<K extends KindName>({ positionals, usage }: Typed, kinds: readonly K[]): TypedObject<K> | Refusal {
  const [object = "", second, ...more] = positionals;
  const parts = object.split("/");
  if (second !== undefined && parts.length === 1) parts.push(second);
  else if (second !== undefined) return tooMuch([second, ...more], usage);
  if (more.length > 0) return tooMuch(more, usage);
  const [word = "", named] = parts;
  const kind = kindOf(word) as K | undefined;
  if (parts.length > 2 || kind === undefined || !kinds.includes(kind))
    return refuse(
      "bad-arguments",
      object === "" ? `It is not said which ${oneOf(kinds)}.` : `\`${short(object)}\` is not a ${oneOf(kinds)}.`,
      `Usage: \`${usage}\``,
    );
  if (named === undefined) return { kind };
  const name = parseName(named);
  return name ? { kind, name } : badName("name", named);
}

/** The one named object of a namespace that a command is about. */
export function readTarget<K extends KindName>(typed: Typed, kinds: readonly K[]): Target<K> | Refusal {
  const object = readObject(typed, kinds);
  if ("refused" in object) return object;
  const { kind, name } = object;
  if (name === undefined) return nameMissing(kind, typed.usage);
  return typed.namespace === undefined ? namespaceMissing(typed.usage) : { kind, namespace: typed.namespace, name };
}

/** The one node that a command is about; it may be named without its kind. */
export function readNode(typed: Typed): NodeTarget | Refusal {
  const [first = "", second] = typed.positionals;
  const bare = second === undefined && first !== "" && !first.includes("/") && kindOf(first) === undefined;
  const object = readObject(bare ? { ...typed, positionals: ["node", first] } : typed, ["Node"]);
  if ("refused" in object) return object;
  return object.name === undefined ? nameMissing("Node", typed.usage) : { kind: "Node", name: object.name };
}

/** A whole number between bounds, inclusive; `what` is what it counts. */
export function readWhole(
  { flags, usage }: Typed,
  flag: string,
  [least, most]: readonly [number, number],
  what: string,
): number | Refusal {
  const text = flags[flag];
  if (text === undefined) return refuse("bad-arguments", `\`--${flag}\` is missing.`, `Usage: \`${usage}\``);
  if (!/^(0|[1-9]\d{0,8})$/.test(text) || Number(text) < least || Number(text) > most)
    return refuse(
      "bad-arguments",
      `\`${short(text)}\` is no ${what}.`,
      `Give a whole number from ${least} to ${most}.`,
    );
  return Number(text);
}

function nameMissing(kind: KindName, usage: string): Refusal {
  return refuse("bad-arguments", `The ${objectKinds[kind].noun}'s name is missing.`, `Usage: \`${usage}\``);
}

export function namespaceMissing(usage: string): Refusal {
  return refuse("bad-arguments", "The namespace is missing: it is never guessed.", `Usage: \`${usage}\``);
}

export function badName(what: "name" | "namespace", text: string): Refusal {
  const form =
    what === "name" ? "lower-case letters, digits, dashes and dots" : "lower-case letters, digits and dashes";
  return refuse(
    "bad-name",
    `\`${short(text)}\` cannot be a ${what} in Kubernetes.`,
    `A ${what} has ${form}, and begins and ends with a letter or digit.`,
  );
}

export function tooMuch(words: readonly string[], usage: string): Refusal {
  return refuse("bad-arguments", `\`${short(words.join(" "))}\` is too much.`, `Usage: \`${usage}\``);
}

/** What was typed, short enough to be quoted back, without what could end the quotation. */
export function short(text: string): string {
  const clean = [...text.replaceAll("`", "'")];
  return clean.length > 60 ? `${clean.slice(0, 59).join("")}…` : clean.join("");
}

/** "deployment", "deployment or statefulset", "deployment, statefulset or daemonset". */
function oneOf(kinds: readonly KindName[]): string {
  const nouns = kinds.map((kind) => objectKinds[kind].noun);
  const last = nouns.at(-1) ?? "";
  return nouns.length < 2 ? last : `${nouns.slice(0, -1).join(", ")} or ${last}`;
}
