import { clusterFor } from "../../cluster/shared-cluster.ts";
import { describeKubernetesContract } from "./contract.ts";

// The cluster is shared with other suites, and closed after the last of them.
describeKubernetesContract("a real kube-apiserver", async (suite) => {
  const { server, ca, adminToken } = await clusterFor(suite);
  return { server, ca, adminToken, close: async () => {} };
});
