import type { KubeObject } from "../lab/kubernetes/object.ts";

/** What the stand-in kubelet reads of a pod. */
export interface Pod extends KubeObject {
  spec: {
    readonly nodeName?: string;
    readonly containers: readonly { readonly name: string; readonly image: string }[];
  };
  status: { readonly phase: string };
}

/** A Ready node of that name, roomy and without a machine. */
export function node(name: string): object {
  const room = { cpu: "64", memory: "256Gi", pods: "500" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" } },
    status: {
      capacity: room,
      allocatable: room,
      addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
      conditions: [condition("Ready", true)],
    },
  };
}

/** The status of a pod all of whose containers are up and ready. */
export function running(pod: Pod): object {
  const startedAt = now();
  return {
    ...whereabouts(),
    phase: "Running",
    conditions: conditions(true),
    containerStatuses: pod.spec.containers.map(({ name, image }) => ({
      name,
      image,
      imageID: `stand-in/${image}`,
      containerID: `stand-in://${pod.metadata.uid}/${name}`,
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt } },
    })),
  };
}

/** The status of a pod one of whose images cannot be had; undefined when all can. */
export function unpullable(pod: Pod): object | undefined {
  if (!pod.spec.containers.some(({ image }) => isMissing(image))) return undefined;
  return {
    ...whereabouts(),
    phase: "Pending",
    conditions: conditions(false),
    containerStatuses: pod.spec.containers.map(({ name, image }) => ({
      name,
      image,
      imageID: "",
      ready: false,
      started: false,
      restartCount: 0,
      state: {
        waiting: isMissing(image)
          ? { reason: "ErrImagePull", message: `${image}: not found` }
          : { reason: "ContainerCreating" },
      },
    })),
  };
}

function isMissing(image: string): boolean {
  return image.endsWith(":missing");
}

function whereabouts(): object {
  return { hostIP: "127.0.0.1", podIP: "127.0.0.1", podIPs: [{ ip: "127.0.0.1" }], startTime: now() };
}

function conditions(ready: boolean): readonly object[] {
  return [
    condition("PodScheduled", true),
    condition("Initialized", true),
    condition("ContainersReady", ready),
    condition("Ready", ready),
  ];
}

function condition(type: string, holds: boolean): object {
  return { type, status: holds ? "True" : "False", lastTransitionTime: now() };
}

/** Kubernetes' metav1.Time has whole seconds. */
function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
