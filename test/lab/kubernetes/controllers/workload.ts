import type { Fields, KubeObject, OwnerReference } from "../object.ts";

// The fields of workloads that the controllers of the double read and write.

export interface Template {
  readonly metadata: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly spec: Fields;
}

export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
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

export interface StatefulSet extends KubeObject {
  spec: {
    readonly replicas: number;
    readonly selector: Fields;
    readonly template: Template;
    readonly serviceName?: string;
    readonly podManagementPolicy: "OrderedReady" | "Parallel";
    readonly revisionHistoryLimit: number;
    readonly updateStrategy: { readonly type: string; readonly rollingUpdate?: { readonly partition?: number } };
  };
  status: {
    readonly observedGeneration?: number;
    readonly replicas: number;
    readonly readyReplicas?: number;
    readonly availableReplicas: number;
    readonly currentReplicas?: number;
    readonly updatedReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly collisionCount?: number;
  };
}

export interface DaemonSet extends KubeObject {
  spec: {
    readonly selector: Fields;
    readonly template: Template;
    readonly revisionHistoryLimit: number;
    readonly updateStrategy: {
      readonly type: string;
      readonly rollingUpdate?: { readonly maxUnavailable?: number | string };
    };
  };
  status: {
    readonly observedGeneration?: number;
    readonly currentNumberScheduled: number;
    readonly desiredNumberScheduled: number;
    readonly numberMisscheduled: number;
    readonly numberReady: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly numberUnavailable?: number;
  };
}

export interface ControllerRevision extends KubeObject {
  readonly revision: number;
  readonly data: { readonly spec: { readonly template: Fields } };
}

export interface Job extends KubeObject {
  spec: {
    readonly parallelism: number;
    readonly completions: number;
    readonly backoffLimit: number;
    readonly suspend: boolean;
    readonly template: Template;
  };
  status: {
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly active?: number;
    readonly ready?: number;
    readonly terminating?: number;
    readonly succeeded?: number;
    readonly failed?: number;
    readonly conditions?: readonly Fields[];
  } & Fields;
}

export interface Pod extends KubeObject {
  spec: {
    readonly containers: readonly { readonly name: string; readonly image: string }[];
    readonly initContainers?: readonly { readonly name: string; readonly image: string }[];
    readonly restartPolicy?: "Always" | "OnFailure" | "Never";
    readonly nodeName?: string;
    readonly terminationGracePeriodSeconds?: number;
  } & Fields;
  status: {
    readonly phase: "Pending" | "Running" | "Succeeded" | "Failed";
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  } & Fields;
}

export interface Node extends KubeObject {
  spec: { readonly unschedulable?: boolean } & Fields;
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

export function isEnding({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

export function isFinished({ status }: Pod): boolean {
  return status.phase === "Succeeded" || status.phase === "Failed";
}

export function isReady(pod: Pod): boolean {
  const ready = pod.status.conditions?.find((condition) => condition.type === "Ready");
  return ready?.status === "True" && !pod.metadata.deletionTimestamp;
}
