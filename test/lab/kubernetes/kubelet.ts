import { isEnding, isFinished, type Pod } from "./controllers/workload.ts";
import { endingOf } from "./deletion.ts";
import { recordEvent } from "./events.ts";
import type { Logs } from "./logs.ts";
import type { KubeObject } from "./object.ts";
import { finishedStatus, runningStatus, unschedulableStatus, waitingStatus } from "./pod-status.ts";
import { resourceOfKind } from "./resources.ts";
import { placeFor } from "./scheduler.ts";
import type { Store, StoreEvent } from "./store.ts";

/** How long a pod takes to end, at most: long enough to be seen. */
const mostEndingMs = 1_000;

/**
 * Scheduler and kubelets: binds pods to nodes at once, starts them and lets them end, each after a while. Never starts
 * one whose image has the tag `missing`; one that is not to run for ever succeeds, or fails with the tag `failing`.
 */
export class Kubelet {
  readonly #store: Store;
  readonly #logs: Logs;
  readonly #startMs: number;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #ending = new Set<string>();
  #atOnce = false;
  #stalled = false;

  constructor(store: Store, logs: Logs, startMs: number) {
    this.#store = store;
    this.#logs = logs;
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

  #onEvent({ type, object }: StoreEvent): void {
    if (object.kind === "Node" && type !== "DELETED") this.#bindWaiting();
    if (object.kind !== "Pod") return;
    if (type === "DELETED") this.#forget(object);
    else if (isEnding(object)) this.#end(object as Pod);
    else if (type === "ADDED") this.#bind(object as Pod);
  }

  #bindWaiting(): void {
    for (const pod of this.#store.ofKind<Pod>("Pod"))
      if (pod.spec.nodeName === undefined && !isEnding(pod)) this.#bind(pod);
  }

  #bind(pod: Pod): void {
    const nodeName = placeFor(this.#store, pod);
    if (nodeName === undefined) {
      this.#leaveUnbound(pod);
      return;
    }
    const bound = this.#store.put({ ...pod, spec: { ...pod.spec, nodeName } });
    const { namespace, name } = pod.metadata;
    this.#tell(bound, "Scheduled", `Successfully assigned ${namespace}/${name} to ${nodeName}`);
    this.#after(pod, () => this.#start(pod));
  }

  #leaveUnbound(pod: Pod): void {
    if (pod.status.conditions) return;
    const status = unschedulableStatus(pod, this.#store.ofKind("Node").length);
    this.#tell(this.#store.put({ ...pod, status }), "FailedScheduling", "no node would have it", "Warning");
  }

  #start({ metadata }: KubeObject): void {
    const pod = this.#find(metadata);
    if (!pod || isEnding(pod) || isFinished(pod)) return;
    const unpullable = pod.spec.containers.find(({ image }) => image.endsWith(":missing"));
    if (this.#stalled || unpullable) {
      this.#store.put({ ...pod, status: waitingStatus(pod) });
      this.#tell(pod, "Failed", `Failed to pull image "${(unpullable ?? pod.spec.containers[0])?.image}"`, "Warning");
      return;
    }
    this.#store.put({ ...pod, status: runningStatus(pod) });
    for (const { name, image } of pod.spec.containers) {
      this.#tell(pod, "Started", `Started container ${name}`);
      for (const line of [`starting ${name} from ${image}`, "configuration read", "ready"])
        this.#logs.write(pod, name, line, Date.now());
    }
    if (pod.spec.restartPolicy === "Never" || pod.spec.restartPolicy === "OnFailure")
      this.#after(pod, () => this.#finish(pod));
  }

  #finish({ metadata }: KubeObject): void {
    const pod = this.#find(metadata);
    if (!pod || isEnding(pod) || isFinished(pod)) return;
    const isFailing = pod.spec.containers.some(({ image }) => image.endsWith(":failing"));
    this.#store.put({ ...pod, status: finishedStatus(pod, isFailing ? 1 : 0) });
  }

  #end(pod: Pod): void {
    if (this.#ending.has(pod.metadata.uid)) return;
    this.#ending.add(pod.metadata.uid);
    for (const { name } of pod.spec.containers) this.#tell(pod, "Killing", `Stopping container ${name}`);
    this.#after(pod, () => this.#letGo(pod), Math.min(this.#startMs / 2, mostEndingMs));
  }

  /** What has ended is gone, unless a finalizer keeps its object. */
  #letGo({ metadata }: KubeObject): void {
    const pod = this.#find(metadata);
    if (!pod) return;
    const ending = endingOf(pod, "Background", 0);
    if (ending.isOver) this.#store.remove(pod);
    else if (pod.metadata.deletionGracePeriodSeconds !== 0) this.#store.put(ending.object);
  }

  #find({ namespace = "", name, uid }: KubeObject["metadata"]): Pod | undefined {
    const found = this.#store.find(resourceOfKind("Pod"), namespace, name);
    return found?.metadata.uid === uid ? (found as Pod) : undefined;
  }

  #after(pod: KubeObject, act: () => void, ms = this.#startMs): void {
    clearTimeout(this.#timers.get(pod.metadata.uid));
    if (this.#atOnce) act();
    else this.#timers.set(pod.metadata.uid, setTimeout(act, ms).unref());
  }

  #forget({ metadata }: KubeObject): void {
    clearTimeout(this.#timers.get(metadata.uid));
    this.#timers.delete(metadata.uid);
    this.#ending.delete(metadata.uid);
    this.#logs.forget(metadata.uid);
  }

  #tell(pod: KubeObject, reason: string, message: string, type: "Normal" | "Warning" = "Normal"): void {
    const component = /Schedul/.test(reason) ? "default-scheduler" : "kubelet";
    recordEvent(this.#store, pod, { type, reason, message, component });
  }
}
