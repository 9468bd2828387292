import type { Change } from "../../src/operation/operation.ts";
import { eventually } from "../contract/kubernetes/bench.ts";
import { name, namespace } from "../contract/sample-request.ts";
import type { AdminClient } from "../lab/kubernetes/admin-client.ts";
import type { Draft } from "../lab/kubernetes/object.ts";
import { autoscaler, cronJob, deployment, job, statefulSet } from "../lab/kubernetes/seed.ts";

/** One use of each operation, on objects that stand as it needs them: one without a sample does not compile. */
export type Samples = { readonly [K in Change["kind"]]: Extract<Change, { kind: K }> };

/** The samples of a namespace in which {@link sampleObjects} stand. */
export function samplesIn(place: string): Samples {
  const of = <K extends "Deployment" | "StatefulSet" | "Pod" | "Job" | "CronJob" | "ConfigMap" | "ClusterRole">(
    kind: K,
    named: string,
  ) => ({
    cluster: "lab",
    target: { kind, namespace: namespace(place), name: name(named) },
  });
  const node = { cluster: "lab", target: { kind: "Node", name: name(`${place}-node`) } } as const;
  const asked = { ignoreDaemonSets: false, deleteEmptyDirData: false, force: false };
  return {
    "rollout-restart": { kind: "rollout-restart", ...of("Deployment", "api") },
    "rollout-pause": { kind: "rollout-pause", ...of("Deployment", "api") },
    "rollout-resume": { kind: "rollout-resume", ...of("Deployment", "held") },
    "rollout-undo": { kind: "rollout-undo", ...of("Deployment", "revised") },
    "set-image": {
      kind: "set-image",
      ...of("Deployment", "api"),
      images: { api: "registry.example/api:2" },
    },
    autoscale: { kind: "autoscale", ...of("Deployment", "api"), max: 9 },
    scale: { kind: "scale", ...of("Deployment", "api"), replicas: 2 },
    "delete-pod": { kind: "delete-pod", ...of("Pod", "lone") },
    "delete-pod-force": { kind: "delete-pod-force", ...of("Pod", "lone") },
    elevate: { kind: "elevate", ...of("ClusterRole", "edit"), seconds: 60 },
    "delete-deployment": { kind: "delete-deployment", ...of("Deployment", "api"), cascade: "foreground" },
    "delete-statefulset": { kind: "delete-statefulset", ...of("StatefulSet", "db"), cascade: "background" },
    "delete-job": { kind: "delete-job", ...of("Job", "once"), cascade: "background" },
    "delete-configmap": { kind: "delete-configmap", ...of("ConfigMap", "settings"), cascade: "background" },
    "create-job": { kind: "create-job", ...of("CronJob", "nightly") },
    "suspend-cronjob": { kind: "suspend-cronjob", ...of("CronJob", "nightly") },
    "resume-cronjob": { kind: "resume-cronjob", ...of("CronJob", "asleep") },
    patch: { kind: "patch", ...of("Deployment", "api"), field: "spec.minReadySeconds", value: 7 },
    label: { kind: "label", ...of("Deployment", "api"), marks: { team: "web" } },
    annotate: { kind: "annotate", ...of("ConfigMap", "settings"), marks: { "example.com/owner": "me" } },
    cordon: { kind: "cordon", ...node },
    uncordon: { kind: "uncordon", cluster: "lab", target: { kind: "Node", name: name(`${place}-cordoned`) } },
    drain: { kind: "drain", ...node, ...asked },
  };
}

/** What the samples are about. Nothing of it needs to run. */
export function sampleObjects(place: string): readonly Draft[] {
  const held = deployment(place, "held", 0);
  const metadata = { name: "lone", namespace: place };
  // Nobody runs anything on them: the scheduler of the shared cluster must not try.
  const taints = [{ key: "countersign.dev/sample", effect: "NoSchedule" }];
  const node = (name: string, spec: object = {}) => ({
    ...{ apiVersion: "v1", kind: "Node", metadata: { name } },
    spec: { taints, ...spec },
  });
  return [
    node(`${place}-node`),
    node(`${place}-cordoned`, { unschedulable: true }),
    deployment(place, "api", 0),
    deployment(place, "revised", 0),
    autoscaler(place, "api", { minReplicas: 2, maxReplicas: 5 }),
    { ...held, spec: { ...(held["spec"] as object), paused: true } },
    { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [{ name: "one", image: "none" }] } },
    statefulSet(place, "db", 0),
    job(place, "once", { suspend: true }),
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace: place }, data: { a: "b" } },
    cronJob(place, "nightly"),
    cronJob(place, "asleep", { suspend: true }),
  ];
}

/** Gives the Deployment `revised` a second revision, once its controller has made the first. */
export async function revise(admin: AdminClient, place: string): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${place}`;
  const revisions = async () =>
    (await admin.list(`${path}/replicasets`, { labelSelector: "app=revised" })).map(({ metadata }) => metadata.uid);
  await eventually(revisions, (uids) => uids.length === 1);
  await admin.patch(`${path}/deployments/revised`, { spec: { template: { metadata: { labels: { rev: "2" } } } } });
  await eventually(revisions, (uids) => uids.length === 2);
}

/** Operations whose token can by its nature do what another's does: the whole of what cannot be kept apart. */
export const contained: Partial<Record<Change["kind"], readonly Change["kind"][]>> = {
  // A template of another revision may be any template.
  "rollout-undo": ["rollout-restart", "set-image"],
  // To drain is to cordon, and to evict.
  drain: ["cordon", "delete-pod"],
  // A drain's first call is a cordon; that a cordon cannot evict, `delete-pod` is refused to it for.
  cordon: ["drain"],
};
