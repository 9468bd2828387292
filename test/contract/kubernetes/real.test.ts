import { controllerManagerFlags } from "../../cluster/flags.ts";
import { clusterFor } from "../../cluster/shared-cluster.ts";
import { describeKubernetesContract } from "./contract.ts";

const running = controllerManagerFlags("").join();
const missing = ["statefulset", "daemonset", "job"]
  .map((name) => `${name}-controller`)
  .filter((name) => !running.includes(name));

// The cluster is shared with other suites, and closed after the last of them.
describeKubernetesContract(
  "a real kube-apiserver",
  async (suite) => {
    const { server, ca, adminToken } = await clusterFor(suite);
    return { server, ca, adminToken, close: async () => {} };
  },
  missing.length > 0 ? { still: `test/cluster/flags.ts runs no ${missing.join(" and no ")}` } : {},
);
