import { recordEvent } from "../events.ts";
import type { KubeObject } from "../object.ts";
import type { Store } from "../store.ts";
import { deadlineOf, statusOf } from "./deployment-status.ts";
import type { Loop } from "./loop.ts";
import { offspringOf, podsOf } from "./offspring.ts";
import { report } from "./report.ts";
import { nextSizes, pausedSizes, type Size } from "./rollout.ts";
import { hashOf } from "./template-hash.ts";
import { type Deployment, isEnding, ownedBy, type ReplicaSet, revisionAnnotation, revisionOf } from "./workload.ts";

const hashLabel = "pod-template-hash";
const historyAnnotation = "deployment.kubernetes.io/revision-history";

/** One ReplicaSet for each template it ever had, sized step by step as its strategy says. */
export function reconcileDeployment(object: KubeObject, { store, lookAgain }: Loop): void {
  const deployment = object as Deployment;
  if (isEnding(deployment)) return;
  const sets = ownedBy(deployment, store.ofKind<ReplicaSet>("ReplicaSet", deployment.metadata.namespace));
  const hash = hashOf(deployment.spec.template);
  const found = sets.find((set) => set.metadata.labels?.[hashLabel] === hash);
  const newest = [...sets].sort((a, b) => revisionOf(b) - revisionOf(a))[0];
  // A paused Deployment starts no new set; what it has may still be scaled.
  const standing = found ?? (deployment.spec.paused ? newest : undefined);
  const latest = Math.max(0, ...sets.map(revisionOf));
  const outdated = standing !== undefined && standing === found && revisionOf(standing) < latest;
  const revision = standing && !outdated ? revisionOf(standing) : latest + 1;
  const wanted = marked(deployment, standing ?? newReplicaSet(deployment, hash), revision);
  const fresh = wanted === standing ? standing : (store.put(wanted) as ReplicaSet);
  const old = sets.filter((set) => set.metadata.uid !== fresh.metadata.uid);
  const turned = !standing ? "NewReplicaSetCreated" : outdated ? "FoundNewReplicaSet" : undefined;

  const sizes = old.map((set) => sizeOf(store, set));
  const next = (deployment.spec.paused ? pausedSizes : nextSizes)(deployment.spec, sizeOf(store, fresh), sizes);
  const resize = (set: ReplicaSet, replicas: number) => resized(store, deployment, set, replicas);
  const all = [resize(fresh, next.fresh), ...old.map((set, i) => resize(set, next.old[i] ?? 0))];

  const now = Date.now();
  const status = statusOf(deployment, { fresh: all[0] ?? fresh, all, ...(turned ? { turned } : {}) }, now);
  report(
    store,
    deployment,
    withAnnotations({ ...deployment, status }, { [revisionAnnotation]: String(revision) }),
    now,
  );
  const deadline = deadlineOf({ ...deployment, status });
  if (deadline !== undefined) lookAgain(deployment, deadline);
  forgetOldest(store, deployment, old);
}

function sizeOf(store: Store, set: ReplicaSet): Size {
  const existing = podsOf(set, store).length;
  return { wanted: set.spec.replicas, available: set.status.availableReplicas ?? 0, existing };
}

function forgetOldest(store: Store, { spec }: Deployment, old: readonly ReplicaSet[]): void {
  const idle = old.filter((set) => set.spec.replicas === 0 && set.status.replicas === 0);
  const surplus = Math.max(0, idle.length - spec.revisionHistoryLimit);
  for (const set of [...idle].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus)) store.remove(set);
}

function newReplicaSet(deployment: Deployment, hash: string): ReplicaSet {
  const { selector, template } = deployment.spec;
  const labels = { ...template.metadata.labels, [hashLabel]: hash };
  const matchLabels = { ...(selector["matchLabels"] as Record<string, string>), [hashLabel]: hash };
  return {
    kind: "ReplicaSet",
    apiVersion: "apps/v1",
    metadata: offspringOf(deployment, `${deployment.metadata.name}-${hash}`, { generation: 1, labels }),
    spec: {
      replicas: 0,
      selector: { ...selector, matchLabels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  };
}

/** The set under this revision, with the revisions it had before and what the Deployment's annotations say of it. */
function marked(deployment: Deployment, set: ReplicaSet, revision: number): ReplicaSet {
  const carried = Object.entries(deployment.metadata.annotations ?? {}).filter(
    ([key]) =>
      !key.startsWith("deployment.kubernetes.io/") && key !== "kubectl.kubernetes.io/last-applied-configuration",
  );
  const before = revisionOf(set);
  const earlier = set.metadata.annotations?.[historyAnnotation];
  const history = before > 0 && before !== revision ? [earlier, before].filter(Boolean).join(",") : earlier;
  return withAnnotations(set, {
    ...Object.fromEntries(carried),
    [revisionAnnotation]: String(revision),
    ...(history ? { [historyAnnotation]: history } : {}),
  });
}

/** The very same object when it has them already. */
function withAnnotations<T extends KubeObject>(object: T, annotations: Readonly<Record<string, string>>): T {
  const standing = object.metadata.annotations ?? {};
  if (Object.entries(annotations).every(([key, value]) => standing[key] === value)) return object;
  return { ...object, metadata: { ...object.metadata, annotations: { ...standing, ...annotations } } };
}

function resized(store: Store, deployment: Deployment, set: ReplicaSet, replicas: number): ReplicaSet {
  if (set.spec.replicas === replicas) return set;
  const generation = (set.metadata.generation ?? 0) + 1;
  const next = { ...set, metadata: { ...set.metadata, generation }, spec: { ...set.spec, replicas } };
  const message = `Scaled ${replicas > set.spec.replicas ? "up" : "down"} replica set ${set.metadata.name} from ${set.spec.replicas} to ${replicas}`;
  const stored = store.put(next) as ReplicaSet;
  recordEvent(store, deployment, {
    type: "Normal",
    reason: "ScalingReplicaSet",
    message,
    component: "deployment-controller",
  });
  return stored;
}
