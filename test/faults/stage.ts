import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAdminClient } from "../lab/kubernetes/admin-client.ts";
import { type KubernetesDouble, startKubernetesDouble } from "../lab/kubernetes/kubernetes-double.ts";
import type { Draft } from "../lab/kubernetes/object.ts";
import { deployment, namespace, statefulSet } from "../lab/kubernetes/seed.ts";
import { type Lab, startLab } from "../lab/lab.ts";
import { prepareCluster } from "../lab/worker-access.ts";
import { seededChance } from "./chance.ts";
import { policy } from "./crowd.ts";
import { sizes } from "./load.ts";
import type { RunOptions } from "./options.ts";
import { bringOthers, type Others } from "./others.ts";
import { layRedisLine, type RedisLine } from "./redis-line.ts";
import { makeWeather, type Weather } from "./weather.ts";

/** The product's real processes, and lines to everything they stand on. */
export interface Stage {
  readonly lab: Lab;
  readonly double: KubernetesDouble;
  readonly weather: Weather;
  readonly others: Others;
  readonly redis: RedisLine;
  close(): Promise<void>;
}

/** The worker's lease, in seconds. */
export const leaseSeconds = 2;
const root = new URL("../../", import.meta.url).pathname;
const preload = (name: string) => `--import=${new URL(name, import.meta.url).href}`;

export function targetName(i: number): string {
  return `app-${i + 1}`;
}

/** The pods that are evicted belong to StatefulSets: another of the same name comes in the place of each. */
export function podName(i: number): string {
  return `db-${(i % sets) + 1}-0`;
}

const sets = 12;

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
    ...Array.from({ length: sets }, (_, i) => statefulSet("prod", `db-${i + 1}`, 2)),
  ];
  const double = await startKubernetesDouble({ rolloutMs: 150, revocationLagMs: 300, seed: seedObjects });
  begun.defer(() => double.close());
  const admin = openAdminClient(double);
  begun.defer(() => admin.close());
  const cluster = await prepareCluster(double);
  const names = Array.from({ length: targets }, (_, i) => targetName(i));
  const others = bringOthers(double, admin, seededChance(seed, "others"), names);
  const weather = makeWeather(double, others, seededChance(seed, "weather"));
  const redis = await layRedisLine();
  begun.defer(() => redis.close());

  const clock = preload("skewed-clock.ts");
  const shared = { NODE_COMPILE_CACHE: cache, COUNTERSIGN_FORGETFUL_REDIS: "" };
  const lab = await startLab({
    cluster,
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
    weather,
    others,
    redis,
    close: () => whole.disposeAsync(),
  };
}

/** Fills the cache of compiled code, which only a process that ends in order writes: without settings it ends at once. */
async function warm(side: string, cache: string): Promise<void> {
  const env = { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: cache };
  await once(spawn(process.execPath, [`src/${side}.ts`], { cwd: root, env, stdio: "ignore" }), "exit");
}
