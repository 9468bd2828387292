import { describeAdapter } from "../adapters/kubernetes/adapter-suite.ts";
import { describeAdmission } from "../adapters/kubernetes/admission-suite.ts";
import type { ClusterPeer } from "../lab/kubernetes/peer.ts";
import { clusterFor } from "./shared-cluster.ts";

/** The shared cluster outlives these suites. */
async function shared(suite: Mocha.Context): Promise<ClusterPeer> {
  return { ...(await clusterFor(suite)), close: async () => undefined };
}

describeAdapter("a real API server", shared);
describeAdmission("a real API server", shared);
