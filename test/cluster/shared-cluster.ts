import { findBinaries, type Missing } from "./binaries.ts";
import { type RealCluster, startCluster } from "./cluster.ts";

/** Enough to build the control plane on a slow machine. */
const patienceMs = 30 * 60_000;

let shared: Promise<RealCluster | Missing> | undefined;

/** The one real cluster of this mocha process, started by the first who asks and closed after the last test. */
function sharedCluster(): Promise<RealCluster | Missing> {
  shared ??= start();
  return shared;
}

async function start(): Promise<RealCluster | Missing> {
  const found = await findBinaries();
  return "reason" in found ? found : startCluster(found);
}

/** For a `before` hook: the shared cluster, or the suite is pending with the reason on the screen. */
export async function clusterFor(suite: Mocha.Context): Promise<RealCluster> {
  suite.timeout(patienceMs);
  const found = await sharedCluster();
  if (!("reason" in found)) return found;
  console.warn(`  NOT TESTED on a real Kubernetes API server: ${found.reason}`);
  // biome-ignore lint/suspicious/noSkippedTests: not every machine can have one, and the reason has just been printed
  return suite.skip();
}

after("close the real cluster", async () => {
  const found = await shared?.catch(() => undefined);
  if (found && "close" in found) await found.close();
});
