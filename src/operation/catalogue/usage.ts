import type { Entry, Form } from "../entry.ts";
import type { Name, Namespace } from "../name.ts";
import type { RbacRule } from "../rbac-rule.ts";
import { isRefusal, refuse } from "../refusal.ts";
import { short, tooMuch } from "../typed.ts";
import { placed, readableOf } from "./readable.ts";

/** What pods or nodes use of processors and memory, where the cluster measures it. */
export interface Top {
  readonly kind: "top";
  readonly cluster: string;
  readonly resource: "pods" | "nodes";
  /** Absent for nodes. */
  readonly namespace?: Namespace;
  readonly name?: Name;
}

const measured = (resource: Top["resource"]): RbacRule => ({
  apiGroups: ["metrics.k8s.io"],
  resources: [resource],
  verbs: ["get", "list"],
});

export const top: Entry<Top> = {
  usage: "top pods|nodes [NAME] -n NAMESPACE",
  summary: "what pods or nodes use, the busiest first",
  group: "@read",
  idempotent: true,
  account: "countersign-top",
  rules: [
    measured("pods"),
    { ...measured("nodes"), scope: "cluster" },
    // How much of a node there is, for the percentages.
    { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list"], scope: "cluster" },
  ],
  say: ({ resource, name }) => `top ${resource}${name === undefined ? "" : ` ${name}`}`,
  headline: ({ resource, name }) => `Measure ${name ?? resource}`,
  wish: ({ resource, name }) => `read what ${name === undefined ? resource : `${resource.slice(0, -1)} ${name}`} uses`,
};

export const usageForms: readonly Form<Top>[] = [
  {
    words: "top",
    usage: top.usage,
    namespace: "optional",
    read(typed) {
      const { positionals, cluster, usage } = typed;
      const [word = "", named, ...more] = positionals.flatMap((one, i) => (i === 0 ? one.split("/") : [one]));
      const kind = readableOf(word);
      if (kind !== "Pod" && kind !== "Node")
        return refuse(
          "bad-arguments",
          word === "" ? "It is not said what to measure." : `What \`${short(word)}\` uses is not measured.`,
          "There are `top pods` and `top nodes`.",
        );
      if (more.length > 0) return tooMuch(more, usage);
      const object = placed(kind, named, typed);
      return isRefusal(object)
        ? object
        : { kind: "top", cluster, resource: kind === "Pod" ? "pods" : "nodes", ...object };
    },
  },
];
