import type { KindName } from "./object-kind.ts";

/** Kinds of which single fields may be set. */
export type PatchedKind = Extract<KindName, "Deployment" | "StatefulSet" | "DaemonSet">;

/**
 * Every field that can be set from here, with its bounds, inclusive: whole numbers that say how a workload rolls and
 * what it remembers. A policy can only choose among them, and the admission policy holds the account to all of them.
 */
export const patchable: Readonly<Record<PatchedKind, Readonly<Record<string, readonly [number, number]>>>> = {
  Deployment: {
    "spec.minReadySeconds": [0, 3_600],
    "spec.progressDeadlineSeconds": [1, 86_400],
    "spec.revisionHistoryLimit": [0, 100],
  },
  StatefulSet: { "spec.minReadySeconds": [0, 3_600], "spec.revisionHistoryLimit": [0, 100] },
  DaemonSet: { "spec.minReadySeconds": [0, 3_600], "spec.revisionHistoryLimit": [0, 100] },
};

export function isPatchedKind(kind: string): kind is PatchedKind {
  return Object.hasOwn(patchable, kind);
}
