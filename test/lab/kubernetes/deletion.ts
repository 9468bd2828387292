import { type KubeObject, timestamp } from "./object.ts";

/** What becomes of that which an object owns, when the object is deleted. */
export const propagations = ["Foreground", "Background", "Orphan"] as const;
export type Propagation = (typeof propagations)[number];

/** These finalizers are the garbage collector's to take away. */
export const foregroundFinalizer = "foregroundDeletion";
export const orphanFinalizer = "orphan";

const finalizers: Readonly<Record<Propagation, readonly string[]>> = {
  Foreground: [foregroundFinalizer],
  Background: [],
  Orphan: [orphanFinalizer],
};

/** The pods of a Job stay behind when nothing is said, for historic reasons (`batch/v1`, measured). */
export function usualPropagation({ kind }: KubeObject): Propagation {
  return kind === "Job" ? "Orphan" : "Background";
}

/** An object whose deletion was asked for: what is left of it until it ends, or nothing when it ends at once. */
export interface Ending {
  readonly object: KubeObject;
  readonly isOver: boolean;
}

/** Asks for the deletion of an object; a second time only shortens what a pod is given to end by itself. */
export function endingOf(object: KubeObject, propagation: Propagation, graceSeconds?: number): Ending {
  const { metadata } = object;
  const left = (metadata.finalizers ?? []).filter((one) => one !== foregroundFinalizer && one !== orphanFinalizer);
  const waitsFor = [...left, ...finalizers[propagation]];
  const wanted = object.kind === "Pod" ? graceOf(object, graceSeconds) : 0;
  const grace = Math.min(wanted, metadata.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY);
  const isFirst = metadata.deletionTimestamp === undefined;
  const isShorter = !isFirst && grace < (metadata.deletionGracePeriodSeconds ?? 0);
  const { finalizers: _, ...rest } = metadata;
  const ending: KubeObject = {
    ...object,
    metadata: {
      ...rest,
      ...(isFirst && metadata.generation !== undefined ? { generation: metadata.generation + 1 } : {}),
      ...(isFirst || isShorter ? { deletionTimestamp: timestamp(Date.now() + grace * 1000) } : {}),
      deletionGracePeriodSeconds: grace,
      ...(waitsFor.length > 0 ? { finalizers: waitsFor } : {}),
    },
  };
  return { object: ending, isOver: waitsFor.length === 0 && grace === 0 };
}

/** A pod that runs nowhere, or not any more, has nothing to end. */
function graceOf({ spec, status }: KubeObject, asked: number | undefined): number {
  const { nodeName, terminationGracePeriodSeconds = 30 } = spec as {
    readonly nodeName?: string;
    readonly terminationGracePeriodSeconds?: number;
  };
  const { phase } = status as { readonly phase: string };
  if (nodeName === undefined || phase === "Succeeded" || phase === "Failed") return 0;
  return Math.max(0, asked ?? terminationGracePeriodSeconds);
}
