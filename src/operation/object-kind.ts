/** A kind of object that commands may be about. */
export interface ObjectKind {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural that stands in API paths. */
  readonly resource: string;
  /** How it is spoken: kubectl's short name. */
  readonly short: string;
  /** In a sentence: "a deployment". */
  readonly noun: string;
  /** All that people type for it. */
  readonly words: readonly string[];
  readonly namespaced: boolean;
}

/** What kubectl calls them (`kubectl api-resources`). */
export const objectKinds = {
  Deployment: kind("apps", "v1", "deployments", "deploy", "deployment"),
  StatefulSet: kind("apps", "v1", "statefulsets", "sts", "statefulset"),
  DaemonSet: kind("apps", "v1", "daemonsets", "ds", "daemonset"),
  ReplicaSet: kind("apps", "v1", "replicasets", "rs", "replicaset"),
  Pod: kind("", "v1", "pods", "po", "pod"),
  Service: kind("", "v1", "services", "svc", "service"),
  ConfigMap: kind("", "v1", "configmaps", "cm", "configmap"),
  Event: kind("", "v1", "events", "ev", "event"),
  Node: kind("", "v1", "nodes", "no", "node", false),
  Namespace: kind("", "v1", "namespaces", "ns", "namespace", false),
  Job: kind("batch", "v1", "jobs", "job", "job"),
  CronJob: kind("batch", "v1", "cronjobs", "cj", "cronjob"),
  HorizontalPodAutoscaler: kind("autoscaling", "v2", "horizontalpodautoscalers", "hpa", "horizontalpodautoscaler"),
  PodDisruptionBudget: kind("policy", "v1", "poddisruptionbudgets", "pdb", "poddisruptionbudget"),
  ClusterRole: kind("rbac.authorization.k8s.io", "v1", "clusterroles", "clusterrole", "clusterrole", false),
  RoleBinding: kind("rbac.authorization.k8s.io", "v1", "rolebindings", "rolebinding", "rolebinding"),
} as const satisfies Record<string, ObjectKind>;

export type KindName = keyof typeof objectKinds;

function kind<R extends string>(
  group: string,
  version: string,
  resource: R,
  short: string,
  noun: string,
  namespaced = true,
) {
  const words = [short, noun, resource, ...(group === "" ? [] : [`${noun}.${group}`, `${resource}.${group}`])];
  return { group, version, resource, short, noun, words: [...new Set(words)], namespaced };
}

const byWord: ReadonlyMap<string, KindName> = new Map(
  Object.entries(objectKinds).flatMap(([name, { words }]) => words.map((word) => [word, name as KindName] as const)),
);

/** The kind that this word stands for, as people type it after kubectl; else undefined. */
export function kindOf(word: string): KindName | undefined {
  return byWord.get(word.toLowerCase());
}

/** `apps/v1`, `v1`. */
export function apiVersionOf(kind: KindName): string {
  const { group, version } = objectKinds[kind];
  return group === "" ? version : `${group}/${version}`;
}
