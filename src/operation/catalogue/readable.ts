import type { Typed } from "../entry.ts";
import { type Name, type Namespace, parseName } from "../name.ts";
import { type KindName, kindOf, objectKinds } from "../object-kind.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { badName, namespaceMissing, short } from "../typed.ts";

/** The kinds that people may look at. A Secret is none of them; of a ConfigMap only the keys are ever shown. */
const readable = [
  "Pod",
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "Job",
  "CronJob",
  "Service",
  "ConfigMap",
  "HorizontalPodAutoscaler",
  "PodDisruptionBudget",
  "Node",
] as const satisfies readonly KindName[];
export type ReadableKind = (typeof readable)[number];

export function readableOf(word: string): ReadableKind | undefined {
  const kind = kindOf(word);
  return readable.find((one) => one === kind);
}

/** Why this word is no kind to be read, and which are. */
export function notReadable(word: string, verb: "get" | "describe", usage: string): Refusal {
  if (word === "") return refuse("bad-arguments", `It is not said what to ${verb}.`, `Usage: \`${usage}\``);
  if (/^secrets?$/i.test(word))
    return refuse(
      "bad-arguments",
      "Secrets are never read from here: what is in them would stand in Slack, and no account of ours may.",
      "Read it where it is kept, with an account of your own.",
    );
  const known = [...readable.map((kind) => objectKinds[kind].short), ...(verb === "get" ? ["ev"] : [])].join(", ");
  return refuse("bad-arguments", `\`${short(word)}\` cannot be read from here.`, `There are: ${known}.`);
}

/** Where an object of this kind is, and its name when one stands; the namespace must be given just where there is one. */
export function placed(
  kind: ReadableKind,
  named: string | undefined,
  { namespace, usage }: Typed,
): { readonly namespace?: Namespace; readonly name?: Name } | Refusal {
  const { namespaced, noun } = objectKinds[kind];
  if (namespaced && namespace === undefined) return namespaceMissing(usage);
  if (!namespaced && namespace !== undefined)
    return refuse("bad-arguments", `A ${noun} belongs to no namespace.`, "Leave out `-n`.");
  const name = named === undefined ? undefined : parseName(named);
  if (named !== undefined && name === undefined) return badName("name", named);
  return { ...(namespace === undefined ? {} : { namespace }), ...(name === undefined ? {} : { name }) };
}
