import type { Entry, Form, Typed } from "../entry.ts";
import { objectKinds } from "../object-kind.ts";
import type { RbacRule } from "../rbac-rule.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { spokenTarget, type Target, targetInWords } from "../target.ts";
import { readTarget, readWhole } from "../typed.ts";

/** What runs pods and replaces them when its template changes. */
export type WorkloadKind = "Deployment" | "StatefulSet" | "DaemonSet";

/** Replaces all pods of a workload, one after the other, as `kubectl rollout restart` does. */
export interface RolloutRestart {
  readonly kind: "rollout-restart";
  readonly cluster: string;
  readonly target: Target<WorkloadKind>;
}

/** Sets the number of replicas of a workload. */
export interface Scale {
  readonly kind: "scale";
  readonly cluster: string;
  /** A DaemonSet has no number of its own: its nodes do. */
  readonly target: Target<"Deployment" | "StatefulSet">;
  /** 0 to 9999. */
  readonly replicas: number;
}

/**
 * Holds the rollouts of a Deployment, the only kind that knows a pause: what is changed from then on waits, and one under way stops where it
 * is.
 */
export interface RolloutPause {
  readonly kind: "rollout-pause";
  readonly cluster: string;
  readonly target: Target<"Deployment">;
}

/** Lets a held Deployment roll again, with all that was changed meanwhile. */
export interface RolloutResume {
  readonly kind: "rollout-resume";
  readonly cluster: string;
  readonly target: Target<"Deployment">;
}

/** Which fields may be patched, RBAC cannot say; `admission.ts` does. */
const patchDeployments: readonly RbacRule[] = [
  { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch", "patch"] },
];

/** What the reader's account needs to plan for the kinds beside Deployments. */
const readSets: readonly RbacRule[] = [
  { apiGroups: ["apps"], resources: ["statefulsets", "daemonsets"], verbs: ["get"] },
];

export const rolloutRestart: Entry<RolloutRestart> = {
  usage: "rollout restart deploy|sts|ds/NAME -n NAMESPACE -- REASON",
  summary: "replace all pods of a workload, one after the other",
  group: "@change",
  idempotent: true,
  account: "countersign-rollout-restart",
  rules: [
    {
      apiGroups: ["apps"],
      resources: ["deployments", "statefulsets", "daemonsets"],
      verbs: ["get", "list", "watch", "patch"],
    },
  ],
  plansWith: readSets,
  say: ({ target }) => `rollout restart ${spokenTarget(target)}`,
  headline: ({ target }) => `Restart ${target.name}`,
  wish: ({ target }) => `restart all pods of the ${targetInWords(target)}`,
};

export const rolloutPause: Entry<RolloutPause> = {
  usage: "rollout pause deploy/NAME -n NAMESPACE -- REASON",
  summary: "hold the rollouts of a deployment",
  group: "@change",
  idempotent: true,
  account: "countersign-rollout-pause",
  rules: patchDeployments,
  say: ({ target }) => `rollout pause ${spokenTarget(target)}`,
  headline: ({ target }) => `Pause ${target.name}`,
  wish: ({ target }) => `hold the rollouts of the ${targetInWords(target)}`,
};

export const rolloutResume: Entry<RolloutResume> = {
  usage: "rollout resume deploy/NAME -n NAMESPACE -- REASON",
  summary: "let a paused deployment roll again",
  group: "@change",
  idempotent: true,
  account: "countersign-rollout-resume",
  rules: patchDeployments,
  say: ({ target }) => `rollout resume ${spokenTarget(target)}`,
  headline: ({ target }) => `Resume ${target.name}`,
  wish: ({ target }) => `let the ${targetInWords(target)} roll again`,
};

export const scale: Entry<Scale> = {
  usage: "scale deploy|sts/NAME --replicas=N -n NAMESPACE -- REASON",
  summary: "set the number of replicas of a deployment or statefulset",
  group: "@change",
  idempotent: true,
  account: "countersign-scale",
  rules: [
    { apiGroups: ["apps"], resources: ["deployments", "statefulsets"], verbs: ["get", "list", "watch"] },
    { apiGroups: ["apps"], resources: ["deployments/scale", "statefulsets/scale"], verbs: ["get", "patch"] },
  ],
  plansWith: readSets,
  say: ({ target, replicas }) => `scale ${spokenTarget(target)} --replicas=${replicas}`,
  headline: ({ target, replicas }) => `Scale ${target.name} to ${replicas}`,
  wish: ({ target, replicas }) => `scale the ${targetInWords(target)} to ${replicas}`,
};

/** `rollout VERB deploy/NAME`, of what only a Deployment knows. */
function pausing<K extends "rollout-pause" | "rollout-resume">(kind: K, { usage }: { usage: string }) {
  return {
    words: kind.replace("-", " "),
    usage,
    namespace: "needed" as const,
    read(typed: Typed): { kind: K; cluster: string; target: Target<"Deployment"> } | Refusal {
      const target = readTarget(typed, ["Deployment", "StatefulSet", "DaemonSet"]);
      if (isRefusal(target)) return target;
      if (target.kind !== "Deployment")
        return refuse(
          "bad-arguments",
          `Kubernetes knows no pause of a ${objectKinds[target.kind].noun}: only of a deployment.`,
          `Usage: \`${usage}\``,
        );
      return { kind, cluster: typed.cluster, target: { ...target, kind: "Deployment" } };
    },
  };
}

export const workloadForms: readonly Form<RolloutRestart | RolloutPause | RolloutResume | Scale>[] = [
  {
    words: "rollout restart",
    usage: rolloutRestart.usage,
    namespace: "needed",
    read(typed) {
      const target = readTarget(typed, ["Deployment", "StatefulSet", "DaemonSet"]);
      return isRefusal(target) ? target : { kind: "rollout-restart", cluster: typed.cluster, target };
    },
  },
  pausing("rollout-pause", rolloutPause),
  pausing("rollout-resume", rolloutResume),
  {
    words: "scale",
    usage: scale.usage,
    namespace: "needed",
    flags: { replicas: {} },
    read(typed) {
      const target = readTarget(typed, ["Deployment", "StatefulSet"]);
      if (isRefusal(target)) return target;
      const replicas = readWhole(typed, "replicas", [0, 9_999], "number of replicas");
      return isRefusal(replicas) ? replicas : { kind: "scale", cluster: typed.cluster, target, replicas };
    },
  },
];
