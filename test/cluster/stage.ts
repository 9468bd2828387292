import { setTimeout as sleep } from "node:timers/promises";
import { renderAdmission } from "../../src/operation/admission.ts";
import { catalogue } from "../../src/operation/catalogue.ts";
import { collectionOf, install, isRefusedByPolicy } from "../adapters/kubernetes/install.ts";
import { eventually } from "../contract/kubernetes/bench.ts";
import { type AdminClient, openAdminClient } from "../lab/kubernetes/admin-client.ts";
import type { KubeObject } from "../lab/kubernetes/object.ts";
import { demoObjects } from "../lab/kubernetes/seed.ts";
import { type Lab, type LabOptions, startLab } from "../lab/lab.ts";
import { redisFor } from "../lab/redis/shared-redis.ts";
import type { RedisPeer } from "../lab/redis/start-redis.ts";
import { prepareCluster } from "../lab/worker-access.ts";
import type { AuditEvent } from "./audit-log.ts";
import type { RealCluster } from "./cluster.ts";
import { type Gate, openGate } from "./gate.ts";
import { clusterFor } from "./shared-cluster.ts";

export const deployments = "/apis/apps/v1/namespaces/prod/deployments";
export const operations = "/api/v1/namespaces/countersign-operations";

/** The real processes before the real cluster, with the second lock on. */
export interface RealStage {
  readonly lab: Lab;
  readonly cluster: RealCluster;
  /** All that the workers ask of the cluster goes through it. */
  readonly gate: Gate;
  readonly admin: AdminClient;
}

const patienceMs = 60_000;
const policies = renderAdmission() as unknown as Parameters<typeof collectionOf>[0][];

/** Starts it before the suite on the shared cluster, and takes away after it what would concern other suites. */
export function onRealStage(
  options: Omit<LabOptions, "cluster" | "redis"> & {
    /** A Redis of the suite's own, to be killed. */
    readonly redis?: (suite: Mocha.Context) => Promise<RedisPeer>;
  } = {},
): () => RealStage {
  let stage: RealStage | undefined;
  let close: (() => Promise<void>) | undefined;
  before("the real processes, a workspace and the real cluster", async function () {
    const cluster = await clusterFor(this);
    const { redis: ownRedis, ...rest } = options;
    const redis = await (ownRedis ?? redisFor)(this);
    this.timeout(patienceMs);
    await using begun = new AsyncDisposableStack();
    if (ownRedis) begun.defer(() => redis.close());
    const admin = openAdminClient(cluster);
    begun.defer(() => admin.close());
    begun.defer(() => removePolicies(admin));
    await plantAnew(admin);
    const access = await prepareCluster(cluster);
    await lockTwice(admin, access.token);
    const gate = await openGate(cluster.server, cluster.ca);
    begun.defer(() => gate.close());
    const { server, ca } = gate;
    const lab = await startLab({ ...rest, cluster: { ...access, server, ca }, redis });
    begun.defer(() => lab.close());
    stage = { lab, cluster, gate, admin };
    const whole = begun.move();
    close = () => whole.disposeAsync();
  });
  after("all of it", async function () {
    this.timeout(patienceMs);
    await close?.();
  });
  return () => {
    if (!stage) throw new Error("the stage is not there yet");
    return stage;
  };
}

/** The demo's workloads as they were meant, whatever an earlier suite left of them; resolves when their pods run. */
export async function plantAnew(admin: AdminClient): Promise<void> {
  const workloads = demoObjects.filter(({ kind }) => kind === "Deployment");
  for (const { metadata } of workloads) {
    const path = `/apis/apps/v1/namespaces/${metadata.namespace}/deployments/${metadata.name}`;
    await admin.send("DELETE", path, { body: { propagationPolicy: "Foreground" } });
    await eventually(
      () => admin.send("GET", path),
      ({ status }) => status === 404,
    );
  }
  await install(admin, demoObjects);
  for (const { metadata } of workloads)
    await eventually(
      () => admin.get(`/apis/apps/v1/namespaces/${metadata.namespace}/deployments/${metadata.name}`),
      isRolledOut,
    );
}

function isRolledOut(deployment: KubeObject): boolean {
  const { replicas } = deployment["spec"] as { replicas: number };
  const status = deployment["status"] as { readyReplicas?: number; updatedReplicas?: number };
  return status.readyReplicas === replicas && status.updatedReplicas === replicas;
}

/** Installs the admission policies, and resolves once the first and the last of them are in force. */
async function lockTwice(admin: AdminClient, workerToken: string): Promise<void> {
  await install(admin, policies);
  const worker = admin.as(workerToken);
  const account = `${operations}/serviceaccounts/${catalogue["rollout-restart"].account}/token`;
  const { status } = await worker.create(account, { spec: { expirationSeconds: 600 } });
  const restarter = admin.as((status as { token: string }).token);
  const contentType = "application/merge-patch+json";
  const bad = { metadata: { labels: { a: "b" } } };
  while (!isRefusedByPolicy(await restarter.send("PATCH", `${deployments}/api?dryRun=All`, { body: bad, contentType })))
    await sleep(100);
  const secret = { metadata: { name: "locked" }, type: "Opaque" };
  while (!isRefusedByPolicy(await worker.send("POST", `${operations}/secrets?dryRun=All`, { body: secret })))
    await sleep(100);
}

/** Takes the second lock away again. */
export async function removePolicies(admin: AdminClient): Promise<void> {
  for (const policy of policies) await admin.send("DELETE", `${collectionOf(policy)}/${policy.metadata.name}`);
}

/** What the operations' accounts changed for this request, as the API server's own log tells. */
export async function effectsOf({ cluster }: RealStage, request: string): Promise<readonly AuditEvent[]> {
  const ours = /^system:serviceaccount:countersign-operations:countersign-/;
  return (await cluster.auditLog()).filter(
    ({ stage, verb, user, userAgent, requestURI, responseStatus }) =>
      stage === "ResponseComplete" &&
      !/^(get|list|watch)$/.test(verb) &&
      ours.test(user.username ?? "") &&
      userAgent?.endsWith(` req/${request}`) === true &&
      !requestURI.includes("dryRun=All") &&
      (responseStatus?.code ?? 500) < 300,
  );
}

/** Uids of the pods of a deployment that are there to stay. */
export async function podsOf(admin: AdminClient, app: string): Promise<readonly string[]> {
  const pods = await admin.list("/api/v1/namespaces/prod/pods", { labelSelector: `app=${app}` });
  return pods.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.uid);
}
