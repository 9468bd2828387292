import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAdminClient } from "../lab/kubernetes/admin-client.ts";
import { type KubernetesDouble, startKubernetesDouble } from "../lab/kubernetes/kubernetes-double.ts";
import type { Draft } from "../lab/kubernetes/object.ts";
import { deployment, namespace } from "../lab/kubernetes/seed.ts";
import { type Lab, startLab } from "../lab/lab.ts";
import { prepareCluster } from "../lab/worker-access.ts";
import { type ApiLine, type LinedCall, layApiLine } from "./api-line.ts";
import { seededChance } from "./chance.ts";
import { policy } from "./crowd.ts";
import { sizes } from "./load.ts";
import type { RunOptions } from "./options.ts";
import { layRedisLine, type RedisLine } from "./redis-line.ts";

/** The product's real processes, and lines to everything they stand on. */
export interface Stage {
  readonly lab: Lab;
  readonly double: KubernetesDouble;
  readonly api: ApiLine;
  readonly redis: RedisLine;
  /** How often somebody else changed an object just after our own change to it. */
  readonly meddled: number;
  close(): Promise<void>;
}

/** The worker's lease, in seconds. */
export const leaseSeconds = 2;
const root = new URL("../../", import.meta.url).pathname;
const preload = (name: string) => `--import=${new URL(name, import.meta.url).href}`;

export function targetName(i: number): string {
  return `app-${i + 1}`;
}

export async function startStage({ seed, workers, ablation }: RunOptions, targets: number): Promise<Stage> {
  await using begun = new AsyncDisposableStack();
  const cache = await mkdtemp(join(tmpdir(), "countersign-faults-"));
  begun.defer(() => rm(cache, { recursive: true, force: true }));
  await Promise.all(["web", "worker"].map((side) => warm(side, cache)));

  const seedObjects: readonly Draft[] = [
    namespace("prod"),
    // Every fourth is paid for: it takes both approvals.
    ...Array.from({ length: targets }, (_, i) =>
      deployment("prod", targetName(i), sizes[0], { team: i % 4 === 3 ? "payments" : "web" }),
    ),
  ];
  const double = await startKubernetesDouble({ rolloutMs: 150, revocationLagMs: 300, seed: seedObjects });
  begun.defer(() => double.close());
  const admin = openAdminClient(double);
  begun.defer(() => admin.close());
  const access = await prepareCluster(double);
  const chance = seededChance(seed, "line");
  let meddled = 0;
  const api = await layApiLine(double, chance, async (call) => {
    const undo = undoing(call);
    if (!undo || !chance.happens(0.5)) return;
    meddled += 1;
    await admin.patch(call.path.replace(/\/scale$/, ""), undo);
  });
  begun.defer(() => api.close());
  const redis = await layRedisLine();
  begun.defer(() => redis.close());

  const clock = preload("skewed-clock.ts");
  const shared = { NODE_COMPILE_CACHE: cache, COUNTERSIGN_FORGETFUL_REDIS: "" };
  const lab = await startLab({
    cluster: { ...access, server: api.server },
    redis,
    webs: 2,
    workers,
    policy,
    web: { ...shared, NODE_OPTIONS: clock, COUNTERSIGN_EXECUTION_SECONDS: "60" },
    worker: {
      ...shared,
      NODE_OPTIONS: [clock, ...(ablation ? [preload(`ablation/${ablation}.ts`)] : [])].join(" "),
      COUNTERSIGN_LEASE_SECONDS: String(leaseSeconds),
      COUNTERSIGN_WATCH_SECONDS: "20",
    },
  });
  begun.defer(() => lab.close());
  const whole = begun.move();
  return {
    lab,
    double,
    api,
    redis,
    get meddled() {
      return meddled;
    },
    close: () => whole.disposeAsync(),
  };
}

/** What somebody else does who wants the object back as it was before this call. */
function undoing({ method, path, body, status }: LinedCall): unknown {
  if (method !== "PATCH" || status !== 200 || !path.includes("/deployments/")) return undefined;
  if (!path.endsWith("/scale")) {
    const restartedAt = { "kubectl.kubernetes.io/restartedAt": null };
    return { spec: { template: { metadata: { annotations: restartedAt } } } };
  }
  const { replicas } = (JSON.parse(body) as { spec: { replicas: number } }).spec;
  return { spec: { replicas: replicas === sizes[0] ? sizes[1] : sizes[0] } };
}

/** Fills the cache of compiled code, which only a process that ends in order writes: without settings it ends at once. */
async function warm(side: string, cache: string): Promise<void> {
  const env = { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: cache };
  await once(spawn(process.execPath, [`src/${side}.ts`], { cwd: root, env, stdio: "ignore" }), "exit");
}
