import { createHash, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { deadlineOf, type Seen, statusOf } from "./deployment-status.ts";
import { updateBudgets } from "./disruption.ts";
import { manageFields } from "./managed-fields.ts";
import { type KubeObject, type Metadata, timestamp, without } from "./object.ts";
import { generatedSuffix, terminating } from "./objects.ts";
import { resourceOfKind } from "./resources.ts";
import { nextSizes, type Size } from "./rollout.ts";
import type { Store, StoreEvent } from "./store.ts";
import {
  controllerOf,
  type Deployment,
  isReady,
  ownedBy,
  ownerReference,
  type Pod,
  type ReplicaSet,
  revisionAnnotation,
  revisionOf,
} from "./workload.ts";

const manager = "kube-controller-manager";
const hashLabel = "pod-template-hash";
const hashAlphabet = "bcdfghjklmnpqrstvwxz2456789";

/** Deployments make ReplicaSets, these make pods, and what has lost its owner goes. Driven by changes, never polling. */
export class Controllers {
  readonly #store: Store;
  readonly #waiting = new Map<string, KubeObject>();
  readonly #deadlines = new Map<string, NodeJS.Timeout>();
  #pass: NodeJS.Immediate | undefined;

  constructor(store: Store) {
    this.#store = store;
    store.onEvent((event) => this.#onEvent(event));
  }

  /** Works until nothing is left to do. */
  settle(): void {
    while (this.#waiting.size > 0) this.#drain();
  }

  close(): void {
    clearImmediate(this.#pass);
    this.#waiting.clear();
    for (const timer of this.#deadlines.values()) clearTimeout(timer);
  }

  #onEvent({ type, object }: StoreEvent): void {
    if (type === "DELETED") this.#collect(object);
    const owner = controllerOf(object);
    if (owner) this.#wake(this.#ownerOf(object));
    if (type !== "DELETED" && (object.kind === "Deployment" || object.kind === "ReplicaSet")) this.#wake(object);
    if (object.kind === "Pod" || object.kind === "PodDisruptionBudget") updateBudgets(this.#store, object);
  }

  #ownerOf(object: KubeObject): KubeObject | undefined {
    const owner = controllerOf(object);
    if (owner?.kind !== "Deployment" && owner?.kind !== "ReplicaSet") return undefined;
    return this.#store.find(resourceOfKind(owner.kind), object.metadata.namespace ?? "", owner.name);
  }

  #wake(object: KubeObject | undefined): void {
    if (!object) return;
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
      if (current?.metadata.uid !== metadata.uid) continue;
      if (kind === "Deployment") this.#reconcileDeployment(current as Deployment);
      else this.#reconcileReplicaSet(current as ReplicaSet);
    }
  }

  #collect(owner: KubeObject): void {
    clearTimeout(this.#deadlines.get(owner.metadata.uid));
    for (const kind of ["ReplicaSet", "Pod"])
      for (const object of this.#store.ofKind(kind, owner.metadata.namespace))
        if (controllerOf(object)?.uid === owner.metadata.uid) this.#end(object);
  }

  #end(object: KubeObject): void {
    if (object.kind !== "Pod") this.#store.remove(object);
    else if (!object.metadata.deletionTimestamp) this.#store.put(terminating(object, 30));
  }

  #reconcileDeployment(deployment: Deployment): void {
    const { namespace } = deployment.metadata;
    const sets = ownedBy(deployment, this.#store.ofKind<ReplicaSet>("ReplicaSet", namespace));
    const hash = hashOf(deployment.spec.template);
    const found = sets.find((set) => set.metadata.labels?.[hashLabel] === hash);
    const newest = [...sets].sort((a, b) => revisionOf(b) - revisionOf(a))[0];
    // A paused Deployment starts no new set; what it has may still be scaled.
    const standing = found ?? (deployment.spec.paused ? newest : undefined);
    const revision = Math.max(0, ...sets.map(revisionOf));
    const outdated = standing && standing === found && revisionOf(standing) < revision;
    const fresh = standing
      ? outdated
        ? (this.#store.put(annotated(standing, revision + 1)) as ReplicaSet)
        : standing
      : (this.#store.put(newReplicaSet(deployment, hash, revision + 1)) as ReplicaSet);
    const old = sets.filter((set) => set.metadata.uid !== fresh.metadata.uid);
    const turned = !standing ? "NewReplicaSetCreated" : outdated ? "FoundNewReplicaSet" : undefined;

    const next = nextSizes(
      deployment.spec,
      this.#sizeOf(fresh),
      old.map((set) => this.#sizeOf(set)),
    );
    const all = [resized(fresh, next.fresh), ...old.map((set, i) => resized(set, next.old[i] ?? 0))];
    const stored = all.map((set) => (set === fresh || old.includes(set) ? set : (this.#store.put(set) as ReplicaSet)));
    this.#report(deployment, { fresh: stored[0] ?? fresh, all: stored, ...(turned ? { turned } : {}) });

    const idle = old.filter(({ spec, status }) => spec.replicas === 0 && status.replicas === 0);
    const surplus = idle.length - deployment.spec.revisionHistoryLimit;
    if (surplus > 0)
      for (const set of [...idle].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus))
        this.#store.remove(set);
  }

  #sizeOf(set: ReplicaSet): Size {
    const pods = ownedBy(set, this.#store.ofKind<Pod>("Pod", set.metadata.namespace));
    return { wanted: set.spec.replicas, available: set.status.availableReplicas ?? 0, existing: pods.length };
  }

  #report(deployment: Deployment, seen: Seen): void {
    const now = Date.now();
    const status = statusOf(deployment, seen, now);
    const next = annotated({ ...deployment, status }, revisionOf(seen.fresh));
    if (!isDeepStrictEqual(next, deployment)) {
      const writer = { name: manager, apiVersion: deployment.apiVersion, subresource: "status" };
      const standing = deployment.metadata.managedFields ?? [];
      const managedFields = manageFields(deployment, next, standing, writer, timestamp(now));
      this.#store.put({ ...next, metadata: { ...next.metadata, managedFields } });
    }
    const { uid } = deployment.metadata;
    clearTimeout(this.#deadlines.get(uid));
    const late = deadlineOf({ ...deployment, status });
    if (late !== undefined)
      this.#deadlines.set(uid, setTimeout(() => this.#wake(deployment), Math.min(late - now, 2 ** 31 - 1)).unref());
  }

  #reconcileReplicaSet(set: ReplicaSet): void {
    const { namespace, generation } = set.metadata;
    const pods = ownedBy(set, this.#store.ofKind<Pod>("Pod", namespace)).filter(
      (pod) => !pod.metadata.deletionTimestamp,
    );
    const missing = set.spec.replicas - pods.length;
    for (let i = 0; i < missing; i++) this.#store.put(newPod(set));
    // Pods that are not ready go first.
    const leaving = [...pods].sort((a, b) => Number(isReady(a)) - Number(isReady(b)));
    for (const pod of leaving.slice(0, Math.max(0, -missing))) this.#end(pod);

    const left = ownedBy(set, this.#store.ofKind<Pod>("Pod", namespace)).filter(
      (pod) => !pod.metadata.deletionTimestamp,
    );
    const ready = left.filter(isReady).length;
    const counts = { fullyLabeledReplicas: left.length, readyReplicas: ready, availableReplicas: ready };
    const present = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
    const status = { replicas: left.length, ...present, observedGeneration: generation ?? 1 };
    if (!isDeepStrictEqual(status, set.status)) this.#store.put({ ...set, status });
  }
}

function newMetadata(owner: KubeObject, name: string, rest: Partial<Metadata>): Metadata {
  return {
    name,
    namespace: owner.metadata.namespace ?? "",
    uid: randomUUID(),
    resourceVersion: "",
    generation: 1,
    creationTimestamp: timestamp(Date.now()),
    ownerReferences: [ownerReference(owner)],
    ...rest,
  };
}

function newReplicaSet(deployment: Deployment, hash: string, revision: number): ReplicaSet {
  const { selector, template } = deployment.spec;
  const labels = { ...template.metadata.labels, [hashLabel]: hash };
  const matchLabels = { ...(selector["matchLabels"] as Record<string, string>), [hashLabel]: hash };
  const annotations = { [revisionAnnotation]: String(revision) };
  return {
    kind: "ReplicaSet",
    apiVersion: "apps/v1",
    metadata: newMetadata(deployment, `${deployment.metadata.name}-${hash}`, { labels, annotations }),
    spec: {
      replicas: 0,
      selector: { ...selector, matchLabels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  };
}

function newPod(set: ReplicaSet): Pod {
  const { metadata, spec } = set.spec.template;
  const generateName = `${set.metadata.name}-`;
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: newMetadata(set, `${generateName}${generatedSuffix()}`, { generateName, ...metadata }),
    spec: structuredClone(spec) as Pod["spec"],
    status: { phase: "Pending", qosClass: "BestEffort" },
  };
}

function resized(set: ReplicaSet, replicas: number): ReplicaSet {
  if (set.spec.replicas === replicas) return set;
  const generation = (set.metadata.generation ?? 0) + 1;
  return { ...set, metadata: { ...set.metadata, generation }, spec: { ...set.spec, replicas } };
}

function annotated<T extends KubeObject>(object: T, revision: number): T {
  const annotations = { ...object.metadata.annotations, [revisionAnnotation]: String(revision) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Ten characters that stand for the template, as in the name of a ReplicaSet. */
function hashOf(template: Deployment["spec"]["template"]): string {
  const digest = createHash("sha256")
    .update(JSON.stringify(sorted(template)))
    .digest();
  return [...digest.subarray(0, 10)].map((byte) => hashAlphabet[byte % hashAlphabet.length]).join("");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(without(value as Record<string, unknown>)).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([field, inner]) => [field, sorted(inner)]));
}
