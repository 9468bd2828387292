import type { Entry, Form, Typed } from "../entry.ts";
import type { RbacRule } from "../rbac-rule.ts";
import { isRefusal, type Refusal } from "../refusal.ts";
import { spokenTarget, type Target, targetInWords } from "../target.ts";
import { readTarget } from "../typed.ts";
import type { WorkloadKind } from "./workloads.ts";

/** How far the last change of a workload has come. */
export interface RolloutStatus {
  readonly kind: "rollout-status";
  readonly cluster: string;
  readonly target: Target<WorkloadKind>;
}

/** The templates a workload had, which `rollout undo` can go back to. */
export interface RolloutHistory {
  readonly kind: "rollout-history";
  readonly cluster: string;
  readonly target: Target<WorkloadKind>;
}

const getWorkloads: RbacRule = {
  apiGroups: ["apps"],
  resources: ["deployments", "statefulsets", "daemonsets"],
  verbs: ["get"],
};

export const rolloutStatus: Entry<RolloutStatus> = {
  usage: "rollout status deploy|sts|ds/NAME -n NAMESPACE",
  summary: "how far the last change has come",
  group: "@read",
  idempotent: true,
  account: "countersign-rollout-status",
  rules: [getWorkloads],
  say: ({ target }) => `rollout status ${spokenTarget(target)}`,
  headline: ({ target }) => `Read the rollout of ${target.name}`,
  wish: ({ target }) => `read how the ${targetInWords(target)} rolls out`,
};

export const rolloutHistory: Entry<RolloutHistory> = {
  usage: "rollout history deploy|sts|ds/NAME -n NAMESPACE",
  summary: "the revisions it had, newest first",
  group: "@read",
  idempotent: true,
  account: "countersign-rollout-history",
  rules: [getWorkloads, { apiGroups: ["apps"], resources: ["replicasets", "controllerrevisions"], verbs: ["list"] }],
  say: ({ target }) => `rollout history ${spokenTarget(target)}`,
  headline: ({ target }) => `Read the revisions of ${target.name}`,
  wish: ({ target }) => `read the revisions of the ${targetInWords(target)}`,
};

function about<K extends "rollout-status" | "rollout-history">(kind: K, { usage }: { readonly usage: string }) {
  return {
    words: kind.replace("-", " "),
    usage,
    namespace: "needed" as const,
    read(typed: Typed): { kind: K; cluster: string; target: Target<WorkloadKind> } | Refusal {
      const target = readTarget(typed, ["Deployment", "StatefulSet", "DaemonSet"]);
      return isRefusal(target) ? target : { kind, cluster: typed.cluster, target };
    },
  };
}

export const rolloutForms: readonly Form<RolloutStatus | RolloutHistory>[] = [
  about("rollout-status", rolloutStatus),
  about("rollout-history", rolloutHistory),
];
