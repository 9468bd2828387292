import type { Entry, Form } from "../entry.ts";
import { isRefusal } from "../refusal.ts";
import { spokenTarget, type Target, targetInWords } from "../target.ts";
import { readTarget } from "../typed.ts";

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

export const podForms: readonly Form<DeletePod>[] = [
  {
    words: "delete",
    usage: deletePod.usage,
    namespace: "needed",
    read(typed) {
      const target = readTarget(typed, ["Pod"]);
      return isRefusal(target) ? target : { kind: "delete-pod", cluster: typed.cluster, target };
    },
  },
];
