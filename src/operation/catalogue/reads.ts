import type { Entry, Form } from "../entry.ts";
import type { Name, Namespace } from "../name.ts";
import { parseName } from "../name.ts";
import { kindOf, objectKinds } from "../object-kind.ts";
import { readerAccount } from "../reader-account.ts";
import { refuse } from "../refusal.ts";
import { badName, namespaceMissing, short, tooMuch } from "../typed.ts";

/** Lists the objects of one kind in a namespace, or shows one of them. Changes nothing. */
export interface Get {
  readonly kind: "get";
  readonly cluster: string;
  readonly resource: "pods" | "deployments";
  readonly namespace: Namespace;
  readonly name?: Name;
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

export const readForms: readonly Form<Get>[] = [
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
];
