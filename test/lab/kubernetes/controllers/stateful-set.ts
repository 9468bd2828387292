import type { KubeObject } from "../object.ts";
import type { Store } from "../store.ts";
import { end } from "./garbage.ts";
import type { Loop } from "./loop.ts";
import { newPod, podsOf } from "./offspring.ts";
import { present, report } from "./report.ts";
import { reviseTo, revisionHashLabel, revisionsOf, templateOf } from "./revisions.ts";
import { type ControllerRevision, isEnding, isFinished, isReady, type Pod, type StatefulSet } from "./workload.ts";

const ordinalLabel = "apps.kubernetes.io/pod-index";

/** Pods with names that last, one after the other: made from the first on, replaced and removed from the last on. */
export function reconcileStatefulSet(object: KubeObject, { store }: Loop): void {
  const set = object as StatefulSet;
  if (isEnding(set)) return;
  const { currentRevision } = set.status;
  const inUse = new Set([...podsOf(set, store).map(revisionOfPod), currentRevision ?? ""]);
  const update = reviseTo(store, set, inUse);
  const current = revisionsOf(store, set).find(({ metadata }) => metadata.name === currentRevision) ?? update;
  step(store, set, current, update);
  report(store, set, { ...set, status: statusOf(set, podsOf(set, store), current, update) });
}

/** The one next step; with `Parallel` all that is missing or too much at once. */
function step(store: Store, set: StatefulSet, current: ControllerRevision, update: ControllerRevision): void {
  const { replicas, podManagementPolicy, updateStrategy } = set.spec;
  const inOrder = podManagementPolicy !== "Parallel";
  const { partition = 0 } = updateStrategy.rollingUpdate ?? {};
  const pods = podsOf(set, store);
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod), pod]));
  for (let ordinal = 0; ordinal < replicas; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    if (!pod) store.put(newMember(set, ordinal, ordinal < partition ? current : update));
    else if (isFinished(pod)) end(store, pod);
    if (inOrder && !(pod && isReady(pod))) return;
  }
  const fromLast = pods.toSorted((a, b) => ordinalOf(b) - ordinalOf(a));
  for (const pod of fromLast.filter((one) => ordinalOf(one) >= replicas)) {
    end(store, pod);
    if (inOrder) return;
  }
  if (updateStrategy.type !== "RollingUpdate") return;
  for (const pod of fromLast.filter((one) => ordinalOf(one) >= partition && ordinalOf(one) < replicas)) {
    const isOutdated = revisionOfPod(pod) !== update.metadata.name;
    if (isOutdated && !isEnding(pod)) end(store, pod);
    if (isOutdated || !isReady(pod)) return;
  }
}

function statusOf(
  { metadata, spec, status: before }: StatefulSet,
  all: readonly Pod[],
  current: ControllerRevision,
  update: ControllerRevision,
): StatefulSet["status"] {
  const pods = all.filter((pod) => !isFinished(pod));
  const ofRevision = ({ metadata: { name } }: KubeObject) =>
    pods.filter((pod) => revisionOfPod(pod) === name && !isEnding(pod)).length;
  const ready = pods.filter(isReady).length;
  const updated = ofRevision(update);
  // The update is over, and becomes what is current, only with the last pod ready.
  const isDone = [pods.length, updated, ready].every((count) => count === spec.replicas);
  const standing = isDone ? update : current;
  return {
    observedGeneration: metadata.generation ?? 1,
    replicas: pods.length,
    ...present({ readyReplicas: ready, currentReplicas: ofRevision(standing), updatedReplicas: updated }),
    currentRevision: standing.metadata.name,
    updateRevision: update.metadata.name,
    collisionCount: before.collisionCount ?? 0,
    availableReplicas: ready,
  };
}

function newMember(set: StatefulSet, ordinal: number, revision: ControllerRevision): Pod {
  const name = `${set.metadata.name}-${ordinal}`;
  const labels = {
    [ordinalLabel]: String(ordinal),
    [revisionHashLabel]: revision.metadata.name,
    "statefulset.kubernetes.io/pod-name": name,
  };
  const { serviceName } = set.spec;
  const spec = { hostname: name, ...(serviceName ? { subdomain: serviceName } : {}) };
  return newPod(set, templateOf(revision), { name, labels, spec });
}

function ordinalOf({ metadata }: Pod): number {
  return Number(metadata.labels?.[ordinalLabel] ?? Number.NaN);
}

function revisionOfPod({ metadata }: Pod): string {
  return metadata.labels?.[revisionHashLabel] ?? "";
}
