import { fieldsOf, type KubeObject } from "../object.ts";
import { affinityTo, pinnedTo } from "../scheduler.ts";
import type { Store } from "../store.ts";
import { end } from "./garbage.ts";
import type { Loop } from "./loop.ts";
import { leastMissedFirst, newPod, podsOf } from "./offspring.ts";
import { present, report } from "./report.ts";
import { reviseTo, revisionHashLabel } from "./revisions.ts";
import { resolveBound } from "./rollout.ts";
import { type DaemonSet, isEnding, isFinished, isReady, type Node, type Pod } from "./workload.ts";

/** One pod on each node, cordoned or not, replaced as few at a time as its strategy says. */
export function reconcileDaemonSet(object: KubeObject, { store }: Loop): void {
  const set = object as DaemonSet;
  if (isEnding(set)) return;
  const revision = reviseTo(
    store,
    set,
    new Set(podsOf(set, store).map((pod) => `${set.metadata.name}-${hashOfPod(pod)}`)),
  );
  const hash = revision.metadata.labels?.[revisionHashLabel] ?? "";
  const nodes = store
    .ofKind<Node>("Node")
    .filter((node) => fits(set, node))
    .map(({ metadata }) => metadata.name);
  place(store, set, nodes, hash);
  replace(store, set, nodes, hash);
  report(store, set, { ...set, status: statusOf(set, nodes, podsOf(set, store), hash) });
}

/** Pods where they are missing; none twice, and none where they do not belong. */
function place(store: Store, set: DaemonSet, nodes: readonly string[], hash: string): void {
  const pods = podsOf(set, store);
  for (const pod of pods) if (isFinished(pod) || !nodes.includes(pinnedTo(pod) ?? "")) end(store, pod);
  for (const node of nodes)
    if (!pods.some((pod) => pinnedTo(pod) === node))
      store.put(newPod(set, set.spec.template, { labels: { [revisionHashLabel]: hash }, spec: pinned(set, node) }));
}

function replace(store: Store, set: DaemonSet, nodes: readonly string[], hash: string): void {
  const { type, rollingUpdate } = set.spec.updateStrategy;
  if (type !== "RollingUpdate") return;
  const most = Math.max(1, resolveBound(rollingUpdate?.maxUnavailable ?? 1, nodes.length, Math.ceil));
  const pods = podsOf(set, store);
  const outdated = leastMissedFirst(pods.filter((pod) => hashOfPod(pod) !== hash));
  // What serves nobody already is no loss.
  const useless = outdated.filter((pod) => !isReady(pod));
  const room = Math.max(0, most - (nodes.length - pods.filter(isReady).length));
  for (const pod of outdated.slice(0, useless.length + room)) end(store, pod);
}

function statusOf(
  { metadata }: DaemonSet,
  nodes: readonly string[],
  all: readonly Pod[],
  hash: string,
): DaemonSet["status"] {
  const pods = all.filter((pod) => nodes.includes(pinnedTo(pod) ?? "") && !isEnding(pod));
  const ready = pods.filter(isReady).length;
  return {
    currentNumberScheduled: pods.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: nodes.length,
    numberReady: ready,
    observedGeneration: metadata.generation ?? 1,
    ...present({
      updatedNumberScheduled: pods.filter((pod) => hashOfPod(pod) === hash).length,
      numberAvailable: ready,
      numberUnavailable: nodes.length - ready,
    }),
  };
}

function fits({ spec }: DaemonSet, { metadata }: Node): boolean {
  const wanted = Object.entries(fieldsOf(spec.template.spec["nodeSelector"]));
  return wanted.every(([key, value]) => metadata.labels?.[key] === value);
}

function pinned({ spec }: DaemonSet, node: string): Record<string, unknown> {
  const given = Array.isArray(spec.template.spec["tolerations"]) ? spec.template.spec["tolerations"] : [];
  const unschedulable = { key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" };
  return { affinity: affinityTo(node), tolerations: [...given, unschedulable] };
}

function hashOfPod({ metadata }: Pod): string {
  return metadata.labels?.[revisionHashLabel] ?? "";
}
