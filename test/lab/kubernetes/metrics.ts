import { createHash } from "node:crypto";
import type { Pod } from "./controllers/workload.ts";
import { matchesOf } from "./list.ts";
import { type Fields, type KubeObject, timestamp, without } from "./object.ts";
import { apiVersionOf, type Resource } from "./resources.ts";
import { methodNotAllowed, notFound } from "./status.ts";
import type { Store } from "./store.ts";

/** What pods and nodes use, as metrics-server serves it: made up, but always the same for the same name. */
export function answerMetrics(
  store: Store,
  resource: Resource,
  { verb, query }: { readonly verb: string; readonly query: URLSearchParams },
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Fields {
  if (verb !== "get" && verb !== "list") throw methodNotAllowed();
  const measured = resource.kind === "NodeMetrics" ? nodes(store) : pods(store, namespace);
  const matches = matchesOf(resource, query);
  if (verb === "list")
    return {
      kind: `${resource.kind}List`,
      apiVersion: apiVersionOf(resource),
      metadata: {},
      items: measured.filter((one) => matches(one as KubeObject)).map((one) => without(one, "kind", "apiVersion")),
    };
  const found = measured.find(({ metadata }) => metadata.name === name);
  if (!found) throw notFound(resource, namespace ? `${namespace}/${name}` : name);
  return found;
}

type Measurement = Fields & { readonly metadata: { readonly name: string; readonly creationTimestamp: string } };

/** Only what runs uses anything. */
function pods(store: Store, namespace: string): readonly Measurement[] {
  const running = store.ofKind<Pod>("Pod", namespace).filter(({ status }) => status.phase === "Running");
  return running.map((pod) =>
    measurement(pod, "PodMetrics", {
      containers: pod.spec.containers.map(({ name }) => ({ name, usage: usageOf(`${pod.metadata.name}/${name}`) })),
    }),
  );
}

function nodes(store: Store): readonly Measurement[] {
  return store
    .ofKind("Node")
    .map((node) => measurement(node, "NodeMetrics", { usage: usageOf(node.metadata.name, 20) }));
}

/** As little metadata as metrics-server gives: neither uid nor version. */
function measurement({ metadata }: KubeObject, kind: string, used: Fields): Measurement {
  const { name, namespace, labels } = metadata;
  const now = timestamp(Date.now());
  return {
    kind,
    apiVersion: "metrics.k8s.io/v1beta1",
    metadata: { name, ...(namespace ? { namespace } : {}), creationTimestamp: now, ...(labels ? { labels } : {}) },
    timestamp: now,
    window: "15s",
    ...used,
  };
}

/** CPU in nanocores and memory in KiB, the units that metrics-server writes. */
function usageOf(name: string, times = 1): Fields {
  const [cpu = 0, memory = 0] = createHash("sha256").update(name).digest();
  return { cpu: `${(cpu + 1) * times * 1_000_000}n`, memory: `${(memory + 16) * times * 1_024}Ki` };
}
