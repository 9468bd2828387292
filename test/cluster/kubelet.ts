import { setTimeout as sleep } from "node:timers/promises";
import { type AdminClient, type Answer, patchType, type WatchEvent } from "../lab/kubernetes/admin-client.ts";
import { node, type Pod, running, unpullable } from "./node-status.ts";

export interface KubeletOptions {
  /** Names of the nodes it plays. */
  readonly nodes: readonly string[];
  /** From a pod's binding to Running and Ready, in milliseconds. */
  readonly readyMs: number;
  /** From the order to stop to the pod's end, in milliseconds. */
  readonly stopMs: number;
}

/** How long a step that failed, or found no node, waits for its next try. */
const retryMs = 200;

/**
 * Stands in for scheduler and kubelets, without containers: registers the nodes, binds each pod to the emptiest one
 * that is not cordoned, makes it Running and Ready (never, with ErrImagePull, when an image's tag is `missing`), and
 * ends pods that are told to. It looks at no taints, affinities or resources.
 */
export class Kubelet {
  readonly #api: AdminClient;
  readonly #options: KubeletOptions;
  readonly #stop = new AbortController();
  /** By uid, as last seen. */
  readonly #pods = new Map<string, Pod>();
  /** By uid: the node a pod was sent to, known before the watch shows it. */
  readonly #placed = new Map<string, string>();
  /** `uid/step` of what was begun, so that a replayed watch event does nothing twice. */
  readonly #begun = new Set<string>();
  #watching: Promise<void> = Promise.resolve();

  private constructor(api: AdminClient, options: KubeletOptions) {
    this.#api = api;
    this.#options = options;
  }

  /** Resolves when its nodes are registered. */
  static async start(api: AdminClient, options: KubeletOptions): Promise<Kubelet> {
    const kubelet = new Kubelet(api, options);
    for (const name of options.nodes) await kubelet.#register(name);
    kubelet.#watching = kubelet.#watch();
    return kubelet;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #register(name: string): Promise<void> {
    await this.#api.create("/api/v1/nodes", node(name));
    // The server taints a new node "not ready"; the controller that would lift it does not run here.
    await this.#api.patch(`/api/v1/nodes/${name}`, { spec: { taints: null } });
  }

  /** For ever: an API server that went away is found again, and shows all its pods anew. */
  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#pods.clear();
      try {
        for await (const event of this.#api.watch("/api/v1/pods", {}, signal)) this.#see(event);
      } catch {
        // The next watch shows all there is.
      }
      await sleep(retryMs, undefined, { signal }).catch(() => {});
    }
  }

  #see({ type, object }: WatchEvent): void {
    if (type === "BOOKMARK" || type === "ERROR") return;
    const pod = object as Pod;
    if (type === "DELETED") {
      this.#pods.delete(pod.metadata.uid);
      this.#placed.delete(pod.metadata.uid);
      return;
    }
    this.#pods.set(pod.metadata.uid, pod);
    this.#advance(pod);
  }

  /** The one next step of a pod's life, if it is ours to take. */
  #advance(pod: Pod): void {
    const { nodeName } = pod.spec;
    if (nodeName !== undefined && !this.#options.nodes.includes(nodeName)) return;
    if (pod.metadata.deletionTimestamp) void this.#take(pod, "end", this.#options.stopMs, () => this.#end(pod));
    else if (nodeName === undefined) void this.#take(pod, "bind", 0, () => this.#bind(pod));
    else if (pod.status.phase === "Pending") void this.#take(pod, "run", this.#options.readyMs, () => this.#run(pod));
  }

  async #bind(pod: Pod): Promise<Answer> {
    const { name, uid } = pod.metadata;
    const target = await this.#place(uid);
    const binding = {
      apiVersion: "v1",
      kind: "Binding",
      metadata: { name, uid },
      target: { apiVersion: "v1", kind: "Node", name: target },
    };
    return this.#api.send("POST", `${pathOf(pod)}/binding`, { body: binding });
  }

  /** Read anew each time: once a cordon is answered, nothing more is bound to that node. */
  async #place(uid: string): Promise<string> {
    const nodes = (await this.#api.list("/api/v1/nodes"))
      .filter(({ spec }) => !(spec as { unschedulable?: boolean }).unschedulable)
      .map(({ metadata }) => metadata.name);
    const places = [...this.#pods].map(([other, { spec }]) => spec.nodeName ?? this.#placed.get(other));
    const load = (name: string) => places.filter((place) => place === name).length;
    const [emptiest] = nodes.filter((name) => this.#options.nodes.includes(name)).toSorted((a, b) => load(a) - load(b));
    if (emptiest === undefined) throw new Error("every node is cordoned");
    this.#placed.set(uid, emptiest);
    return emptiest;
  }

  #run(pod: Pod): Promise<Answer> {
    const status = unpullable(pod) ?? running(pod);
    // The uid makes the server refuse a namesake.
    const body = { metadata: { uid: pod.metadata.uid }, status };
    return this.#api.send("PATCH", `${pathOf(pod)}/status`, { body, contentType: patchType("merge") });
  }

  #end(pod: Pod): Promise<Answer> {
    const body = { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } };
    return this.#api.send("DELETE", pathOf(pod), { body });
  }

  /** Takes a step once, or again and again until it succeeds or the pod is gone. */
  async #take(pod: Pod, step: string, afterMs: number, act: () => Promise<Answer>): Promise<void> {
    const { uid } = pod.metadata;
    const { signal } = this.#stop;
    const key = `${uid}/${step}`;
    if (this.#begun.has(key)) return;
    this.#begun.add(key);
    try {
      await sleep(afterMs, undefined, { signal });
      const { status } = await act();
      if (status < 400 || status === 404) return;
      throw new Error(`refused with ${status}`);
    } catch {
      await sleep(retryMs, undefined, { signal }).catch(() => {});
      this.#begun.delete(key);
      const asSeenLast = this.#pods.get(uid);
      if (asSeenLast && !signal.aborted) this.#advance(asSeenLast);
    }
  }
}

function pathOf(pod: Pod): string {
  return `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
}
