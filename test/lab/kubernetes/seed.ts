import type { Draft } from "./object.ts";

/** A namespace. */
export function namespace(name: string): Draft {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

/** A Deployment of one container, as small as the API takes it. */
export function deployment(
  place: string,
  name: string,
  replicas: number,
  labels: Readonly<Record<string, string>> = {},
): Draft {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: place, labels: { app: name, ...labels } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...labels } },
        spec: { containers: [{ name, image: `registry.example/${name}:1.0.0` }] },
      },
    },
  };
}

/** A StatefulSet of one container. */
export function statefulSet(place: string, name: string, replicas: number): Draft {
  return { ...ofOneContainer(place, name, "StatefulSet"), spec: { replicas, serviceName: name, ...podsOf(name) } };
}

/** A DaemonSet of one container. */
export function daemonSet(place: string, name: string): Draft {
  return { ...ofOneContainer(place, name, "DaemonSet"), spec: podsOf(name) };
}

/** An autoscaler over the Deployment of the same name. */
export function autoscaler(place: string, name: string, spec: { minReplicas: number; maxReplicas: number }): Draft {
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name };
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name, namespace: place },
    spec: { scaleTargetRef, ...spec },
  };
}

function ofOneContainer(place: string, name: string, kind: string): Draft {
  return { apiVersion: "apps/v1", kind, metadata: { name, namespace: place, labels: { app: name } } };
}

function podsOf(name: string): Readonly<Record<string, unknown>> {
  const containers = [{ name, image: `registry.example/${name}:1.0.0` }];
  return {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers } },
  };
}

const batchSpec = (name: string) => ({
  template: {
    spec: { restartPolicy: "Never", containers: [{ name, image: `registry.example/${name}:1.0.0` }] },
  },
});

/** A CronJob of one container that ends by itself, due each night at three. */
export function cronJob(place: string, name: string, spec: Readonly<Record<string, unknown>> = {}): Draft {
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name, namespace: place },
    spec: { schedule: "0 3 * * *", jobTemplate: { spec: batchSpec("report") }, ...spec },
  };
}

/** A Job of one container that ends by itself. */
export function job(place: string, name: string, spec: Readonly<Record<string, unknown>> = {}): Draft {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: place },
    spec: { ...batchSpec(name), ...spec },
  };
}

/** What the demo and the journeys begin with. `kube-system` is there in any cluster. */
export const demoObjects: readonly Draft[] = [
  namespace("prod"),
  namespace("staging"),
  namespace("countersign"),
  namespace("countersign-operations"),
  deployment("prod", "api", 3, { team: "web" }),
  deployment("prod", "checkout", 4, { team: "payments" }),
  deployment("staging", "api", 2, { team: "web" }),
];

/** What the demo has beside: something for each kind of operation. */
export const demoWorld: readonly Draft[] = [
  ...demoObjects,
  statefulSet("prod", "orders-db", 3),
  daemonSet("prod", "log-agent"),
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "api-settings", namespace: "prod" },
    data: { LOG_LEVEL: "info", FEATURE_NEW_CART: "off" },
  },
  cronJob("prod", "nightly-report"),
  job("prod", "migrate-orders"),
  {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "api", namespace: "prod" },
    spec: { minAvailable: 2, selector: { matchLabels: { app: "api" } } },
  },
  autoscaler("prod", "checkout", { minReplicas: 3, maxReplicas: 8 }),
];
