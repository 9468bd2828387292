import { type Fields, type KubeObject, timestamp } from "./object.ts";
import { resourceOfKind } from "./resources.ts";
import type { Store, StoreEvent } from "./store.ts";
import type { Pod } from "./workload.ts";

/** How long a pod takes to end, at most: long enough to be seen. */
const mostEndingMs = 1_000;

/** Starts pods and lets them end, each after a while; never one whose image has the tag `missing`. */
export class Kubelet {
  readonly #store: Store;
  readonly #startMs: number;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #atOnce = false;
  #stalled = false;

  constructor(store: Store, startMs: number) {
    this.#store = store;
    this.#startMs = startMs;
    store.onEvent((event) => this.#onEvent(event));
  }

  /** While this runs, pods become ready without any delay. */
  atOnce(work: () => void): void {
    this.#atOnce = true;
    work();
    this.#atOnce = false;
  }

  /** Pods that start while stalled wait, as with an image that cannot be pulled; ended, they start after all. */
  stall(stalled: boolean): void {
    this.#stalled = stalled;
    if (stalled) return;
    for (const pod of this.#store.ofKind<Pod>("Pod"))
      if (pod.status.phase === "Pending") this.#after(pod, () => this.#start(pod));
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #onEvent({ type, resource, object }: StoreEvent): void {
    if (resource.kind !== "Pod") return;
    if (type === "ADDED") this.#after(object, () => this.#start(object));
    else if (type === "DELETED") this.#forget(object);
    else if (object.metadata.deletionTimestamp)
      this.#after(object, () => this.#store.remove(object), Math.min(this.#startMs / 2, mostEndingMs));
  }

  #after(pod: KubeObject, act: () => void, ms = this.#startMs): void {
    this.#forget(pod);
    if (this.#atOnce) act();
    else this.#timers.set(pod.metadata.uid, setTimeout(act, ms).unref());
  }

  #forget(pod: KubeObject): void {
    clearTimeout(this.#timers.get(pod.metadata.uid));
    this.#timers.delete(pod.metadata.uid);
  }

  #start({ metadata }: KubeObject): void {
    const pod = this.#store.find(resourceOfKind("Pod"), metadata.namespace ?? "", metadata.name) as Pod | undefined;
    if (pod?.metadata.uid !== metadata.uid || pod.metadata.deletionTimestamp) return;
    const unpullable = pod.spec.containers.some(({ image }) => image.endsWith(":missing"));
    const status = this.#stalled || unpullable ? waitingStatus(pod) : runningStatus(pod);
    this.#store.put({ ...pod, spec: { ...pod.spec, nodeName: "double" }, status: { ...pod.status, ...status } });
  }
}

function runningStatus({ spec }: Pod): Fields {
  const now = timestamp(Date.now());
  return {
    phase: "Running",
    startTime: now,
    conditions: conditions("True", now),
    containerStatuses: spec.containers.map(({ name, image }) => ({
      name,
      state: { running: { startedAt: now } },
      lastState: {},
      ready: true,
      restartCount: 0,
      image,
      imageID: "",
      started: true,
    })),
  };
}

function waitingStatus({ spec }: Pod): Fields {
  return {
    phase: "Pending",
    conditions: conditions("False", timestamp(Date.now())),
    containerStatuses: spec.containers.map(({ name, image }) => ({
      name,
      state: { waiting: { reason: "ErrImagePull", message: `failed to pull image "${image}"` } },
      lastState: {},
      ready: false,
      restartCount: 0,
      image,
      imageID: "",
      started: false,
    })),
  };
}

function conditions(ready: "True" | "False", lastTransitionTime: string): readonly Fields[] {
  const entry = (type: string, status: string) => ({ type, status, lastProbeTime: null, lastTransitionTime });
  return [
    entry("PodScheduled", "True"),
    entry("Initialized", "True"),
    entry("ContainersReady", ready),
    entry("Ready", ready),
  ];
}
