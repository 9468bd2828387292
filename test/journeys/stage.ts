import { executionsIn } from "../lab/demo/demo-cluster.ts";
import { type AdminClient, openAdminClient } from "../lab/kubernetes/admin-client.ts";
import { type KubernetesDouble, startKubernetesDouble } from "../lab/kubernetes/kubernetes-double.ts";
import type { ClusterPeer } from "../lab/kubernetes/peer.ts";
import { type Lab, type LabOptions, startLab } from "../lab/lab.ts";
import { redisFor } from "../lab/redis/shared-redis.ts";
import { prepareCluster } from "../lab/worker-access.ts";

/** A lab of real processes for one suite, and the cluster behind it. */
export interface Stage {
  readonly lab: Lab;
  readonly double: KubernetesDouble;
  readonly admin: AdminClient;
  /** How often an operation's account has changed anything so far. */
  executions(): number;
}

export type StageOptions = Omit<LabOptions, "cluster" | "redis"> & {
  readonly rolloutMs?: number;
  /** Whether the cluster measures what pods and nodes use; not when absent. */
  readonly metrics?: boolean;
  /** A Redis of the suite's own, to be killed. */
  readonly redis?: (suite: Mocha.Context) => Promise<LabOptions["redis"]>;
};

const patienceMs = 60_000;

/** Starts a lab before the suite and closes it after; answers the way to reach it from within the tests. */
export function onStage(options: StageOptions = {}): () => Stage {
  let stage: Stage | undefined;
  let close: (() => Promise<void>) | undefined;
  before("the real processes, a workspace and a cluster", async function () {
    this.timeout(patienceMs);
    await using begun = new AsyncDisposableStack();
    const { rolloutMs = 150, metrics = false, redis, ...rest } = options;
    const own = redis ? await redis(this) : undefined;
    if (own) begun.defer(() => own.close());
    const double = await startKubernetesDouble({ rolloutMs, metrics, revocationLagMs: 300 });
    begun.defer(() => double.close());
    const cluster = await prepareCluster(double);
    const lab = await startLab({ ...rest, cluster, redis: own ?? (await redisFor(this)) });
    begun.defer(() => lab.close());
    const admin = openAdminClient(double satisfies ClusterPeer);
    begun.defer(() => admin.close());
    stage = { lab, double, admin, executions: () => executionsIn(double) };
    const whole = begun.move();
    close = () => whole.disposeAsync();
  });
  after("all of it", async function () {
    this.timeout(patienceMs);
    await close?.();
  });
  return () => {
    if (!stage) throw new Error("the lab is not there yet");
    return stage;
  };
}
