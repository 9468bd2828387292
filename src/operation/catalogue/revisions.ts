import type { Entry, Form } from "../entry.ts";
import { isRefusal } from "../refusal.ts";
import { spokenTarget, type Target, targetInWords } from "../target.ts";
import { readTarget, readWhole } from "../typed.ts";
import type { WorkloadKind } from "./workloads.ts";

/** Gives a workload the pod template of an earlier revision again, as `kubectl rollout undo` does. */
export interface RolloutUndo {
  readonly kind: "rollout-undo";
  readonly cluster: string;
  readonly target: Target<WorkloadKind>;
  /** Absent: the revision before the newest. */
  readonly toRevision?: number;
}

/**
 * What of the pods' spec an undo must leave as it is: whom they are to the API server, and what of their node they
 * share. Else the right to undo would be the right to become any account of the namespace.
 */
export const keptByUndo = ["serviceAccountName", "hostNetwork", "hostPID", "hostIPC"] as const;

export const rolloutUndo: Entry<RolloutUndo> = {
  usage: "rollout undo deploy|sts|ds/NAME [--to-revision=N] -n NAMESPACE -- REASON",
  summary: "give a workload the template of an earlier revision again",
  group: "@change",
  idempotent: true,
  account: "countersign-rollout-undo",
  rules: [
    {
      apiGroups: ["apps"],
      resources: ["deployments", "statefulsets", "daemonsets"],
      verbs: ["get", "list", "watch", "patch"],
    },
    // The approved template stands there, and not in our records: it may hold what nobody should copy.
    { apiGroups: ["apps"], resources: ["replicasets", "controllerrevisions"], verbs: ["get"] },
  ],
  plansWith: [
    { apiGroups: ["apps"], resources: ["statefulsets", "daemonsets"], verbs: ["get"] },
    { apiGroups: ["apps"], resources: ["replicasets", "controllerrevisions"], verbs: ["list"] },
  ],
  say: ({ target, toRevision }) =>
    `rollout undo ${spokenTarget(target)}${toRevision === undefined ? "" : ` --to-revision=${toRevision}`}`,
  headline: ({ target, toRevision }) =>
    `Undo ${target.name} to ${toRevision === undefined ? "the revision before" : `revision ${toRevision}`}`,
  wish: ({ target, toRevision }) =>
    `roll the ${targetInWords(target)} back to ${toRevision === undefined ? "the revision before" : `revision ${toRevision}`}`,
};

export const revisionForms: readonly Form<RolloutUndo>[] = [
  {
    words: "rollout undo",
    usage: rolloutUndo.usage,
    namespace: "needed",
    flags: { "to-revision": {} },
    read(typed) {
      const target = readTarget(typed, ["Deployment", "StatefulSet", "DaemonSet"]);
      if (isRefusal(target)) return target;
      const asked = { kind: "rollout-undo", cluster: typed.cluster, target } as const;
      if (typed.flags["to-revision"] === undefined) return asked;
      const toRevision = readWhole(typed, "to-revision", [1, 999_999_999], "revision");
      return isRefusal(toRevision) ? toRevision : { ...asked, toRevision };
    },
  },
];
