import type { Entry, Form, Typed } from "../entry.ts";
import type { RbacRule } from "../rbac-rule.ts";
import { isRefusal, type Refusal } from "../refusal.ts";
import { spokenTarget, type Target, targetInWords } from "../target.ts";
import { readTarget, readWhole } from "../typed.ts";

/** Replaces all pods of a workload, one after the other, as `kubectl rollout restart` does. */
export interface RolloutRestart {
  readonly kind: "rollout-restart";
  readonly cluster: string;
  readonly target: Target<"Deployment">;
}

/** Sets the number of replicas of a workload. */
export interface Scale {
  readonly kind: "scale";
  readonly cluster: string;
  readonly target: Target<"Deployment">;
  /** 0 to 9999. */
  readonly replicas: number;
}

/** Holds the rollouts of a workload: what is changed from then on waits, and one under way stops where it is. */
export interface RolloutPause {
  readonly kind: "rollout-pause";
  readonly cluster: string;
  readonly target: Target<"Deployment">;
}

/** Lets a held workload roll again, with all that was changed meanwhile. */
export interface RolloutResume {
  readonly kind: "rollout-resume";
  readonly cluster: string;
  readonly target: Target<"Deployment">;
}

/** Which fields may be patched, RBAC cannot say; `admission.ts` does. */
const patchDeployments: readonly RbacRule[] = [
  { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch", "patch"] },
];

export const rolloutRestart: Entry<RolloutRestart> = {
  usage: "rollout restart deploy/NAME -n NAMESPACE -- REASON",
  summary: "replace all pods of a deployment, one after the other",
  group: "@change",
  idempotent: true,
  account: "countersign-rollout-restart",
  rules: patchDeployments,
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
  usage: "scale deploy/NAME --replicas=N -n NAMESPACE -- REASON",
  summary: "set the number of replicas of a deployment",
  group: "@change",
  idempotent: true,
  account: "countersign-scale",
  rules: [
    { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch"] },
    { apiGroups: ["apps"], resources: ["deployments/scale"], verbs: ["get", "patch"] },
  ],
  say: ({ target, replicas }) => `scale ${spokenTarget(target)} --replicas=${replicas}`,
  headline: ({ target, replicas }) => `Scale ${target.name} to ${replicas}`,
  wish: ({ target, replicas }) => `scale the ${targetInWords(target)} to ${replicas}`,
};

/** `rollout VERB deploy/NAME`. */
function rolling<K extends "rollout-restart" | "rollout-pause" | "rollout-resume">(
  kind: K,
  { usage }: { usage: string },
) {
  return {
    words: kind.replace("-", " "),
    usage,
    namespace: "needed" as const,
    read(typed: Typed): { kind: K; cluster: string; target: Target<"Deployment"> } | Refusal {
      const target = readTarget(typed, ["Deployment"]);
      return isRefusal(target) ? target : { kind, cluster: typed.cluster, target };
    },
  };
}

export const workloadForms: readonly Form<RolloutRestart | RolloutPause | RolloutResume | Scale>[] = [
  rolling("rollout-restart", rolloutRestart),
  rolling("rollout-pause", rolloutPause),
  rolling("rollout-resume", rolloutResume),
  {
    words: "scale",
    usage: scale.usage,
    namespace: "needed",
    flags: { replicas: {} },
    read(typed) {
      const target = readTarget(typed, ["Deployment"]);
      if (isRefusal(target)) return target;
      const replicas = readWhole(typed, "replicas", [0, 9_999], "number of replicas");
      return isRefusal(replicas) ? replicas : { kind: "scale", cluster: typed.cluster, target, replicas };
    },
  },
];
