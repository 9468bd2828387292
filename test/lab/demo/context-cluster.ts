import { readFileSync } from "node:fs";
import {
  AppsV1Api,
  type Cluster,
  CoreV1Api,
  KubeConfig,
  type V1Deployment,
  type V1Pod,
  Watch,
} from "@kubernetes/client-node";
import { operationsNamespace, ownNamespace, workerAccount } from "../../../src/operation/accounts.ts";
import type { ClusterWorkload } from "../page/lab-page.ts";
import type { DemoCluster } from "./demo-cluster.ts";

/** Seconds a demo's worker may act on somebody's cluster: 12 hours, of which the server may give fewer. */
const tokenSeconds = 12 * 3_600;

/**
 * The cluster of a kubeconfig context, reached with whatever the person's own kubeconfig says. The worker gets a token
 * of its own account there, and nothing of the person's. Installs nothing: rejects with the command that does.
 */
export async function openContextCluster(context: string, namespaces: readonly string[]): Promise<DemoCluster> {
  const config = new KubeConfig();
  config.loadFromDefault();
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context))
    throw new Error(`There is no context "${context}" in the kubeconfig. There are: ${known.join(", ") || "none"}.`);
  config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error(`The context "${context}" names no cluster.`);
  if (cluster.skipTLSVerify)
    throw new Error(`The context "${context}" does not check the server's certificate, and a worker always does.`);
  const [core, apps] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api)];
  const token = await workerToken(core, context, namespaces);
  const ca = authorityOf(cluster);

  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const watches = await Promise.all(
    namespaces.flatMap((namespace) => [
      watchAll(config, `/apis/apps/v1/namespaces/${namespace}/deployments`, tell),
      watchAll(config, `/api/v1/namespaces/${namespace}/pods`, tell),
    ]),
  );
  const deployments = async () =>
    (await Promise.all(namespaces.map((namespace) => apps.listNamespacedDeployment({ namespace })))).flatMap(
      ({ items }) => items,
    );
  const pods = async () =>
    (await Promise.all(namespaces.map((namespace) => core.listNamespacedPod({ namespace })))).flatMap(
      ({ items }) => items,
    );
  // A generation counts the changes of a spec (Kubernetes API conventions, "metadata").
  const generations = async () =>
    (await deployments()).reduce((sum, { metadata }) => sum + (metadata?.generation ?? 0), 0);
  const before = await generations();
  return {
    access: { server: cluster.server, token, ...(ca === undefined ? {} : { ca }) },
    async workloads() {
      const [found, running] = await Promise.all([deployments(), pods()]);
      return found.map((deployment) => workloadOf(deployment, running));
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    executions: async () => (await generations()) - before,
    async close() {
      for (const watch of watches) watch.abort();
    },
  };
}

function authorityOf({ caData, caFile }: Cluster): string | undefined {
  if (caData) return Buffer.from(caData, "base64").toString("utf8");
  return caFile ? readFileSync(caFile, "utf8") : undefined;
}

async function workerToken(core: CoreV1Api, context: string, namespaces: readonly string[]): Promise<string> {
  try {
    const { status } = await core.createNamespacedServiceAccountToken({
      name: workerAccount,
      namespace: ownNamespace,
      body: {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: { audiences: [], expirationSeconds: tokenSeconds },
      },
    });
    if (status?.token) return status.token;
    throw new Error("the server gave no token");
  } catch (cause) {
    const flags = namespaces.map((namespace) => `-n ${namespace}`).join(" ");
    const code = (cause as { readonly code?: unknown }).code ?? (cause as Error).message;
    throw new Error(
      `No token of ${ownNamespace}/${workerAccount} could be had (${String(code)}). Countersign's accounts must be in that cluster first (they include ${operationsNamespace}):\n  npx countersign manifests ${flags} | kubectl --context ${context} apply -f -`,
      { cause },
    );
  }
}

async function watchAll(config: KubeConfig, path: string, tell: () => void): Promise<{ abort(): void }> {
  const state: { ended: boolean; stop?: AbortController } = { ended: false };
  const again = async (): Promise<void> => {
    if (state.ended) return;
    state.stop = await new Watch(config).watch(path, {}, tell, () => {
      if (!state.ended) setTimeout(() => void again().catch(() => undefined), 1_000);
    });
  };
  await again();
  return {
    abort() {
      state.ended = true;
      state.stop?.abort();
    },
  };
}

function workloadOf(deployment: V1Deployment, pods: readonly V1Pod[]): ClusterWorkload {
  const { name = "", namespace = "" } = deployment.metadata ?? {};
  const wanted = Object.entries(deployment.spec?.selector.matchLabels ?? {});
  const own = pods.filter(
    ({ metadata }) =>
      metadata?.namespace === namespace && wanted.every(([label, value]) => metadata.labels?.[label] === value),
  );
  const restartedAt = deployment.spec?.template.metadata?.annotations?.["kubectl.kubernetes.io/restartedAt"];
  return {
    namespace,
    name,
    replicas: deployment.spec?.replicas ?? 1,
    ready: deployment.status?.readyReplicas ?? 0,
    ...(restartedAt ? { restartedAt } : {}),
    pods: own.map((pod) => ({
      name: pod.metadata?.name ?? "",
      phase: pod.metadata?.deletionTimestamp ? "Terminating" : (pod.status?.phase ?? "Unknown"),
      ready: pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
      revision: pod.metadata?.labels?.["pod-template-hash"] ?? "",
    })),
  };
}
