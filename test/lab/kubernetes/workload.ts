import type { Fields, KubeObject, OwnerReference } from "./object.ts";

// The fields of workloads that the controllers of the double read and write.

export interface Template {
  readonly metadata: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly spec: Fields;
}

export interface Condition {
  readonly type: string;
  readonly status: "True" | "False";
  readonly lastUpdateTime: string;
  readonly lastTransitionTime: string;
  readonly reason: string;
  readonly message: string;
}

export interface Deployment extends KubeObject {
  spec: {
    readonly replicas: number;
    readonly selector: Fields;
    readonly template: Template;
    readonly paused?: boolean;
    readonly progressDeadlineSeconds: number;
    readonly revisionHistoryLimit: number;
    readonly strategy: {
      readonly type: string;
      readonly rollingUpdate?: { readonly maxSurge: number | string; readonly maxUnavailable: number | string };
    };
  };
  status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly unavailableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface ReplicaSet extends KubeObject {
  spec: { readonly replicas: number; readonly selector: Fields; readonly template: Template };
  status: {
    readonly observedGeneration?: number;
    readonly replicas: number;
    readonly fullyLabeledReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
  };
}

export interface Pod extends KubeObject {
  spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] } & Fields;
  status: {
    readonly phase: "Pending" | "Running";
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  } & Fields;
}

export const revisionAnnotation = "deployment.kubernetes.io/revision";

export function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.[revisionAnnotation] ?? 0);
}

export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find((owner) => owner.controller === true);
}

export function ownedBy<T extends KubeObject>(owner: KubeObject, objects: readonly T[]): readonly T[] {
  return objects.filter((object) => controllerOf(object)?.uid === owner.metadata.uid);
}

export function ownerReference({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  return {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function isReady(pod: Pod): boolean {
  const ready = pod.status.conditions?.find((condition) => condition.type === "Ready");
  return ready?.status === "True" && !pod.metadata.deletionTimestamp;
}
