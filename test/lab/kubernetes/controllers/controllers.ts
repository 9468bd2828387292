import type { KubeObject } from "../object.ts";
import { resourceOfKind } from "../resources.ts";
import type { Store, StoreEvent } from "../store.ts";
import { reconcileDaemonSet } from "./daemon-set.ts";
import { reconcileDeployment } from "./deployment.ts";
import { reconcileBudget } from "./disruption.ts";
import { collectGarbage } from "./garbage.ts";
import { reconcileJob } from "./job.ts";
import type { Loop, Reconcile } from "./loop.ts";
import { reconcileReplicaSet } from "./replica-set.ts";
import { reconcileStatefulSet } from "./stateful-set.ts";
import { controllerOf } from "./workload.ts";

const reconcilers: Readonly<Record<string, Reconcile>> = {
  Deployment: reconcileDeployment,
  ReplicaSet: reconcileReplicaSet,
  StatefulSet: reconcileStatefulSet,
  DaemonSet: reconcileDaemonSet,
  Job: reconcileJob,
  PodDisruptionBudget: reconcileBudget,
};

/** A timer of Node ends at once beyond this. */
const longestTimerMs = 2 ** 31 - 1;

/** What kube-controller-manager does, as far as anybody here looks. Driven by changes, never polling. */
export class Controllers {
  readonly #store: Store;
  readonly #loop: Loop;
  readonly #waiting = new Map<string, KubeObject>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #pass: NodeJS.Immediate | undefined;

  constructor(store: Store) {
    this.#store = store;
    this.#loop = { store, lookAgain: (object, at) => this.#lookAgain(object, at) };
    store.onEvent((event) => this.#onEvent(event));
  }

  /** Works until nothing is left to do. */
  settle(): void {
    while (this.#waiting.size > 0) this.#drain();
  }

  close(): void {
    clearImmediate(this.#pass);
    this.#waiting.clear();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #onEvent(event: StoreEvent): void {
    const { type, object } = event;
    collectGarbage(this.#store, event);
    this.#wake(this.#ownerOf(object));
    if (type === "DELETED") clearTimeout(this.#timers.get(object.metadata.uid));
    else this.#wake(object);
    if (object.kind === "Pod") this.#wakeAll("PodDisruptionBudget", object.metadata.namespace);
    if (object.kind === "Node") this.#wakeAll("DaemonSet");
  }

  #ownerOf(object: KubeObject): KubeObject | undefined {
    const owner = controllerOf(object);
    if (!owner || !(owner.kind in reconcilers)) return undefined;
    return this.#store.find(resourceOfKind(owner.kind), object.metadata.namespace ?? "", owner.name);
  }

  #wakeAll(kind: string, namespace = ""): void {
    for (const object of this.#store.ofKind(kind, namespace)) this.#wake(object);
  }

  #wake(object: KubeObject | undefined): void {
    if (!object || !(object.kind in reconcilers)) return;
    this.#waiting.set(object.metadata.uid, object);
    this.#pass ??= setImmediate(() => {
      this.#pass = undefined;
      this.#drain();
    });
  }

  #drain(): void {
    const batch = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { kind, metadata } of batch) {
      const current = this.#store.find(resourceOfKind(kind), metadata.namespace ?? "", metadata.name);
      if (current?.metadata.uid === metadata.uid) reconcilers[kind]?.(current, this.#loop);
    }
  }

  #lookAgain(object: KubeObject, at: number): void {
    const { uid } = object.metadata;
    clearTimeout(this.#timers.get(uid));
    const ms = Math.min(Math.max(0, at - Date.now()), longestTimerMs);
    this.#timers.set(uid, setTimeout(() => this.#wake(object), ms).unref());
  }
}
