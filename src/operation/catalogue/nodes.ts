import type { Entry, Form, Typed } from "../entry.ts";
import type { RbacRule } from "../rbac-rule.ts";
import { isRefusal, type Refusal } from "../refusal.ts";
import { type NodeTarget, spokenTarget, targetInWords } from "../target.ts";
import { readNode } from "../typed.ts";

/** Keeps new pods off a node, as `kubectl cordon` does; those on it stay. */
export interface Cordon {
  readonly kind: "cordon";
  readonly cluster: string;
  readonly target: NodeTarget;
}

/** Lets a node take pods again. */
export interface Uncordon {
  readonly kind: "uncordon";
  readonly cluster: string;
  readonly target: NodeTarget;
}

/** Cordons a node and evicts the pods on it, each known by its uid; what is lost by that must be said to be. */
export interface Drain {
  readonly kind: "drain";
  readonly cluster: string;
  readonly target: NodeTarget;
  /** Pods of DaemonSets stay, which is said by saying so. */
  readonly ignoreDaemonSets: boolean;
  /** Data in `emptyDir` volumes may be lost. */
  readonly deleteEmptyDirData: boolean;
  /** Pods that nothing owns may be evicted, and do not come back. */
  readonly force: boolean;
}

/** Which fields may be patched, RBAC cannot say; `admission/nodes.ts` does. */
const patchNodes: RbacRule = {
  apiGroups: [""],
  resources: ["nodes"],
  verbs: ["get", "list", "watch", "patch"],
  scope: "cluster",
};

/** What is on a node may belong to any namespace. */
const plansWith: readonly RbacRule[] = [
  { apiGroups: [""], resources: ["nodes", "pods"], verbs: ["get", "list"], scope: "cluster" },
  { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: ["list"], scope: "cluster" },
];

export const cordon: Entry<Cordon> = {
  usage: "cordon NODE -- REASON",
  summary: "keep new pods off a node",
  group: "@change",
  idempotent: true,
  account: "countersign-cordon",
  rules: [patchNodes],
  plansWith,
  say: ({ target }) => `cordon ${spokenTarget(target)}`,
  headline: ({ target }) => `Cordon ${target.name}`,
  wish: ({ target }) => `keep new pods off the ${targetInWords(target)}`,
};

export const uncordon: Entry<Uncordon> = {
  usage: "uncordon NODE -- REASON",
  summary: "let a node take pods again",
  group: "@change",
  idempotent: true,
  account: "countersign-uncordon",
  rules: [patchNodes],
  plansWith,
  say: ({ target }) => `uncordon ${spokenTarget(target)}`,
  headline: ({ target }) => `Uncordon ${target.name}`,
  wish: ({ target }) => `let the ${targetInWords(target)} take pods again`,
};

const drainFlags = [
  ["ignore-daemonsets", "ignoreDaemonSets"],
  ["delete-emptydir-data", "deleteEmptyDirData"],
  ["force", "force"],
] as const;

export const drain: Entry<Drain> = {
  usage: "drain NODE [--ignore-daemonsets] [--delete-emptydir-data] [--force] -- REASON",
  summary: "cordon a node and evict what is on it, budgets heard",
  group: "@change",
  idempotent: true,
  account: "countersign-drain",
  rules: [
    patchNodes,
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"], scope: "cluster" },
    { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"], scope: "cluster" },
  ],
  plansWith,
  spreads: true,
  say: (drain) =>
    [
      "drain",
      spokenTarget(drain.target),
      ...drainFlags.filter(([, field]) => drain[field]).map(([flag]) => `--${flag}`),
    ].join(" "),
  headline: ({ target }) => `Drain ${target.name}`,
  wish: ({ target }) => `drain the ${targetInWords(target)}`,
};

/** `VERB NODE`, `VERB no/NODE`, `VERB node NODE`. */
function ofNode<K extends "cordon" | "uncordon">(words: K, { usage }: { usage: string }) {
  return {
    words,
    usage,
    namespace: "none" as const,
    read(typed: Typed): { kind: K; cluster: string; target: NodeTarget } | Refusal {
      const target = readNode(typed);
      return isRefusal(target) ? target : { kind: words, cluster: typed.cluster, target };
    },
  };
}

export const nodeForms: readonly Form<Cordon | Uncordon | Drain>[] = [
  ofNode("cordon", cordon),
  ofNode("uncordon", uncordon),
  {
    words: "drain",
    usage: drain.usage,
    namespace: "none",
    flags: Object.fromEntries(drainFlags.map(([flag]) => [flag, { isSwitch: true }])),
    read(typed) {
      const target = readNode(typed);
      if (isRefusal(target)) return target;
      const said = Object.fromEntries(drainFlags.map(([flag, field]) => [field, flag in typed.flags]));
      return { kind: "drain", cluster: typed.cluster, target, ...said } as Drain;
    },
  },
];
