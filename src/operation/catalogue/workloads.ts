import type { Entry, Form } from "../entry.ts";
import { isRefusal } from "../refusal.ts";
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

export const rolloutRestart: Entry<RolloutRestart> = {
  usage: "rollout restart deploy/NAME -n NAMESPACE -- REASON",
  summary: "replace all pods of a deployment, one after the other",
  group: "@change",
  idempotent: true,
  account: "countersign-rollout-restart",
  rules: [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch", "patch"] }],
  say: ({ target }) => `rollout restart ${spokenTarget(target)}`,
  headline: ({ target }) => `Restart ${target.name}`,
  wish: ({ target }) => `restart all pods of the ${targetInWords(target)}`,
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

export const workloadForms: readonly Form<RolloutRestart | Scale>[] = [
  {
    words: "rollout restart",
    usage: rolloutRestart.usage,
    namespace: "needed",
    read(typed) {
      const target = readTarget(typed, ["Deployment"]);
      return isRefusal(target) ? target : { kind: "rollout-restart", cluster: typed.cluster, target };
    },
  },
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
