import type { KubeObject } from "./object.ts";
import { type Resource, resourceOfKind } from "./resources.ts";
import { expired, notFound } from "./status.ts";

export interface StoreEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly resource: Resource;
  readonly version: number;
  readonly object: KubeObject;
  /** What stood there before. */
  readonly before?: KubeObject;
}

/** A real cluster has written some hundred objects before the first of ours. */
const firstVersion = 200;

/** All objects with one version counter, and every change since it was opened or last compacted. */
export class Store {
  #version = firstVersion;
  #compacted = 0;
  /** By resource, then by namespace and name. */
  readonly #objects = new Map<Resource, Map<string, KubeObject>>();
  #events: StoreEvent[] = [];
  readonly #untold: StoreEvent[] = [];
  readonly #listeners = new Set<(event: StoreEvent) => void>();

  get version(): number {
    return this.#version;
  }

  /** Changes up to this version are forgotten. */
  get compacted(): number {
    return this.#compacted;
  }

  find(resource: Resource, namespace: string, name: string): KubeObject | undefined {
    return this.#of(resource).get(keyOf(namespace, name));
  }

  /** Throws a Refusal when there is none. */
  demand(resource: Resource, namespace: string, name: string): KubeObject {
    const found = this.find(resource, namespace, name);
    if (!found) throw notFound(resource, name);
    return found;
  }

  /** In the order of namespace and name. */
  list(resource: Resource, namespace = ""): readonly KubeObject[] {
    const objects = this.#of(resource);
    const prefix = namespace ? `${namespace}/` : "";
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    return keys.flatMap((key) => objects.get(key) ?? []);
  }

  ofKind<T extends KubeObject>(kind: string, namespace = ""): readonly T[] {
    return this.list(resourceOfKind(kind), namespace) as readonly T[];
  }

  /** Every object there is, in no order. */
  *all(): Iterable<KubeObject> {
    for (const objects of [...this.#objects.values()]) yield* [...objects.values()];
  }

  /** Stores under the next version and answers what is stored. */
  put(object: KubeObject): KubeObject {
    const resource = resourceOfKind(object.kind);
    const { namespace = "", name } = object.metadata;
    const before = this.find(resource, namespace, name);
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } };
    this.#of(resource).set(keyOf(namespace, name), stored);
    this.#tell({
      type: before ? "MODIFIED" : "ADDED",
      resource,
      version: this.#version,
      object: stored,
      ...(before ? { before } : {}),
    });
    return stored;
  }

  remove(object: KubeObject): void {
    const resource = resourceOfKind(object.kind);
    const { namespace = "", name } = object.metadata;
    const before = this.find(resource, namespace, name);
    if (before?.metadata.uid !== object.metadata.uid) return;
    this.#of(resource).delete(keyOf(namespace, name));
    const last = { ...before, metadata: { ...before.metadata, resourceVersion: String(++this.#version) } };
    this.#tell({ type: "DELETED", resource, version: this.#version, object: last, before });
  }

  /** Changes after that version; throws 410 when some of them are forgotten. */
  since(version: number): readonly StoreEvent[] {
    if (version < this.#compacted) throw expired(`too old resource version: ${version} (${this.#compacted})`);
    return this.#events.filter((event) => event.version > version);
  }

  /** Forgets all changes up to now, as etcd's compaction does. */
  compact(): void {
    this.#compacted = this.#version;
    this.#events = [];
  }

  onEvent(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #of(resource: Resource): Map<string, KubeObject> {
    const found = this.#objects.get(resource) ?? new Map<string, KubeObject>();
    this.#objects.set(resource, found);
    return found;
  }

  /** A listener may write too: everybody still hears of all changes in the order of their versions. */
  #tell(event: StoreEvent): void {
    this.#events.push(event);
    this.#untold.push(event);
    if (this.#untold.length > 1) return;
    for (let next = this.#untold[0]; next; this.#untold.shift(), next = this.#untold[0])
      for (const listener of [...this.#listeners]) listener(next);
  }
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
