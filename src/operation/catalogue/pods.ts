import type { Entry } from "../entry.ts";
import { spokenTarget, type Target, targetInWords } from "../target.ts";

/** Evicts one pod, so that disruption budgets are heard; a budget that forbids it is an answer, not a reason to wait. */
export interface DeletePod {
  readonly kind: "delete-pod";
  readonly cluster: string;
  readonly target: Target<"Pod">;
}

export const deletePod: Entry<DeletePod> = {
  usage: "delete pod/NAME -n NAMESPACE -- REASON",
  summary: "evict one pod; disruption budgets are heard",
  group: "@change",
  idempotent: true,
  account: "countersign-delete-pod",
  rules: [
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
    { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
  ],
  say: ({ target }) => `delete ${spokenTarget(target)}`,
  headline: ({ target }) => `Evict ${target.name}`,
  wish: ({ target }) => `evict the ${targetInWords(target)}`,
};

/** Removes one pod without waiting for its kubelet, and without asking any disruption budget. */
export interface DeletePodForce {
  readonly kind: "delete-pod-force";
  readonly cluster: string;
  readonly target: Target<"Pod">;
}

export const deletePodForce: Entry<DeletePodForce> = {
  usage: "delete pod/NAME --force -n NAMESPACE -- REASON",
  summary: "remove one pod at once; budgets are not heard, and it may still be running",
  group: "@change",
  idempotent: true,
  account: "countersign-delete-pod-force",
  rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch", "delete"] }],
  say: ({ target }) => `delete ${spokenTarget(target)} --force`,
  headline: ({ target }) => `Force the removal of ${target.name}`,
  wish: ({ target }) => `remove the ${targetInWords(target)} by force`,
};
