import type { Entry, Form, Typed } from "../entry.ts";
import type { Name, Namespace } from "../name.ts";
import { parseName } from "../name.ts";
import { type KindName, kindOf, objectKinds } from "../object-kind.ts";
import type { RbacRule } from "../rbac-rule.ts";
import { readerAccount } from "../reader-account.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { badName, namespaceMissing, short, tooMuch } from "../typed.ts";
import { type Logs, logForms } from "./logs.ts";

/** Lists the objects of one kind in a namespace, or shows one of them. Changes nothing. */
export interface Get {
  readonly kind: "get";
  readonly cluster: string;
  readonly resource: "pods" | "deployments";
  readonly namespace: Namespace;
  readonly name?: Name;
}

/** What the cluster's own components said lately, in a namespace or of one object there. */
export interface Events {
  readonly kind: "events";
  readonly cluster: string;
  readonly namespace: Namespace;
  readonly about?: { readonly kind: KindName; readonly name: Name };
}

export const get: Entry<Get> = {
  usage: "get pods|deployments [NAME] -n NAMESPACE",
  summary: "list pods or deployments",
  group: "@read",
  idempotent: true,
  account: readerAccount,
  rules: [
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
    { apiGroups: ["apps"], resources: ["deployments", "replicasets"], verbs: ["get", "list"] },
    { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["list"] },
    { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: ["list"] },
  ],
  say: ({ resource, name }) => `get ${resource}${name === undefined ? "" : ` ${name}`}`,
  headline: ({ resource, name }) => `Read ${resource}${name === undefined ? "" : ` ${name}`}`,
  wish: ({ resource, name }) => `read ${resource}${name === undefined ? "" : ` ${name}`}`,
};

const listEvents: RbacRule = { apiGroups: [""], resources: ["events"], verbs: ["list"] };

export const events: Entry<Events> = {
  usage: "events -n NAMESPACE [--for=KIND/NAME]",
  summary: "what the cluster said lately, newest first",
  group: "@read",
  idempotent: true,
  account: "countersign-events",
  rules: [listEvents],
  say: ({ about }) => `events${about ? ` --for=${objectKinds[about.kind].short}/${about.name}` : ""}`,
  headline: ({ about }) => `Read events${about ? ` of ${about.name}` : ""}`,
  wish: ({ about }) => `read events${about ? ` of the ${objectKinds[about.kind].noun} ${about.name}` : ""}`,
};

export const readForms: readonly Form<Get | Events | Logs>[] = [
  ...logForms,
  {
    words: "get",
    usage: get.usage,
    namespace: "needed",
    read({ positionals, namespace, cluster, usage }) {
      const [what = "", named, ...more] = positionals.flatMap((word, i) => (i === 0 ? word.split("/") : [word]));
      if (more.length > 0) return tooMuch(more, usage);
      const kind = kindOf(what);
      if (kind !== "Pod" && kind !== "Deployment")
        return refuse(
          "bad-arguments",
          what === "" ? "It is not said what to get." : `\`${short(what)}\` cannot be read from here.`,
          `Usage: \`${usage}\``,
        );
      if (namespace === undefined) return namespaceMissing(usage);
      const { resource } = objectKinds[kind];
      if (named === undefined) return { kind: "get", cluster, resource, namespace };
      const name = parseName(named);
      return name ? { kind: "get", cluster, resource, namespace, name } : badName("name", named);
    },
  },
  {
    words: "events",
    usage: events.usage,
    namespace: "needed",
    flags: { for: {} },
    read: readEvents,
  },
];

function readEvents({ positionals, namespace, cluster, flags, usage }: Typed): Events | Refusal {
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
