import type { Entry, Form, Typed } from "../entry.ts";
import type { Name, Namespace } from "../name.ts";
import { parseName } from "../name.ts";
import { type KindName, kindOf, objectKinds } from "../object-kind.ts";
import type { RbacRule } from "../rbac-rule.ts";
import { readerAccount } from "../reader-account.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { type AnyTarget, spokenTarget, targetInWords } from "../target.ts";
import { badName, namespaceMissing, short, tooMuch } from "../typed.ts";
import { type Logs, logForms } from "./logs.ts";
import { notReadable, placed, type ReadableKind, readableOf } from "./readable.ts";
import { type RolloutHistory, type RolloutStatus, rolloutForms } from "./rollouts.ts";
import { type Top, usageForms } from "./usage.ts";

/** Lists the objects of one kind, or shows one of them. Changes nothing. */
export interface Get {
  readonly kind: "get";
  readonly cluster: string;
  readonly resource: (typeof objectKinds)[ReadableKind]["resource"];
  /** Absent for what belongs to none, such as nodes. */
  readonly namespace?: Namespace;
  readonly name?: Name;
}

/** What there is to know of one object when it does not do what it should. */
export interface Describe {
  readonly kind: "describe";
  readonly cluster: string;
  readonly target: AnyTarget;
}

/** What the cluster's own components said lately, in a namespace or of one object there. */
export interface Events {
  readonly kind: "events";
  readonly cluster: string;
  readonly namespace: Namespace;
  readonly about?: { readonly kind: KindName; readonly name: Name };
}

const reading = (apiGroup: string, ...resources: readonly string[]): RbacRule => ({
  apiGroups: [apiGroup],
  resources,
  verbs: ["get", "list"],
});
const nodes: RbacRule = { ...reading("", "nodes"), scope: "cluster" };

export const get: Entry<Get> = {
  usage: "get KIND [NAME] -n NAMESPACE",
  summary: "list the objects of a kind, or show one",
  group: "@read",
  idempotent: true,
  account: readerAccount,
  rules: [
    reading("", "pods", "services", "configmaps"),
    reading("apps", "deployments", "statefulsets", "daemonsets", "replicasets"),
    reading("batch", "jobs", "cronjobs"),
    reading("autoscaling", "horizontalpodautoscalers"),
    reading("policy", "poddisruptionbudgets"),
    nodes,
  ],
  say: ({ resource, name }) => `get ${resource}${name === undefined ? "" : ` ${name}`}`,
  headline: ({ resource, name }) => `Read ${resource}${name === undefined ? "" : ` ${name}`}`,
  wish: ({ resource, name }) => `read ${resource}${name === undefined ? "" : ` ${name}`}`,
};

const listEvents: RbacRule = { apiGroups: [""], resources: ["events"], verbs: ["list"] };

export const describe: Entry<Describe> = {
  usage: "describe KIND/NAME -n NAMESPACE",
  summary: "one object's state, conditions and last events",
  group: "@read",
  idempotent: true,
  account: "countersign-describe",
  rules: [...get.rules.map((rule): RbacRule => ({ ...rule, verbs: ["get"] })), listEvents],
  say: ({ target }) => `describe ${spokenTarget(target)}`,
  headline: ({ target }) => `Describe ${target.name}`,
  wish: ({ target }) => `describe the ${targetInWords(target)}`,
};

export const events: Entry<Events> = {
  usage: "events -n NAMESPACE [--for=KIND/NAME]",
  summary: "what the cluster said lately, newest first",
  group: "@read",
  idempotent: true,
  account: "countersign-events",
  rules: [listEvents],
  say: ({ about }) => `events${about ? ` --for=${spokenTarget(about)}` : ""}`,
  headline: ({ about }) => `Read events${about ? ` of ${about.name}` : ""}`,
  wish: ({ about }) => `read events${about ? ` of the ${targetInWords(about)}` : ""}`,
};

export const readForms: readonly Form<Get | Describe | Events | Logs | RolloutStatus | RolloutHistory | Top>[] = [
  {
    words: "get",
    usage: get.usage,
    namespace: "optional",
    read: (typed) => {
      const [word = "", ...named] = typed.positionals.flatMap((one, i) => (i === 0 ? one.split("/") : [one]));
      return kindOf(word) === "Event" ? readEvents({ ...typed, positionals: named }) : readGet(typed, word, named);
    },
  },
  {
    words: "describe",
    usage: describe.usage,
    namespace: "optional",
    read(typed) {
      const [word = "", named, ...more] = typed.positionals.flatMap((one, i) => (i === 0 ? one.split("/") : [one]));
      const kind = readableOf(word);
      if (kind === undefined) return notReadable(word, "describe", typed.usage);
      if (more.length > 0) return tooMuch(more, typed.usage);
      const object = placed(kind, named, typed);
      if (isRefusal(object)) return object;
      const { name, namespace } = object;
      if (name === undefined)
        return refuse("bad-arguments", `The ${objectKinds[kind].noun}'s name is missing.`, `Usage: \`${typed.usage}\``);
      const target = namespace === undefined ? { kind, name } : { kind, namespace, name };
      return { kind: "describe", cluster: typed.cluster, target: target as AnyTarget };
    },
  },
  {
    words: "events",
    usage: events.usage,
    namespace: "needed",
    flags: { for: {} },
    read: readEvents,
  },
  ...logForms,
  ...rolloutForms,
  ...usageForms,
];

function readGet(typed: Typed, word: string, [named, ...more]: readonly string[]): Get | Refusal {
  const kind = readableOf(word);
  if (kind === undefined) return notReadable(word, "get", typed.usage);
  if (more.length > 0) return tooMuch(more, typed.usage);
  const object = placed(kind, named, typed);
  if (isRefusal(object)) return object;
  return { kind: "get", cluster: typed.cluster, resource: objectKinds[kind].resource, ...object };
}

function readEvents({ positionals, namespace, cluster, flags }: Typed): Events | Refusal {
  const { usage } = events;
  if (positionals.length > 0) return tooMuch(positionals, usage);
  if (namespace === undefined) return namespaceMissing(usage);
  const { for: asked } = flags;
  if (asked === undefined) return { kind: "events", cluster, namespace };
  const [word = "", named = "", ...more] = asked.split("/");
  const kind = kindOf(word);
  if (kind === undefined || named === "" || more.length > 0)
    return refuse(
      "bad-arguments",
      `\`${short(asked)}\` names no object.`,
      "Say it as `--for=KIND/NAME`: `--for=pod/api-1`.",
    );
  const name = parseName(named);
  return name ? { kind: "events", cluster, namespace, about: { kind, name } } : badName("name", named);
}
