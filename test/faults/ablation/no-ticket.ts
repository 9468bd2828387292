import { replaceModule } from "./replace.ts";

// The ticket in the cluster is always said to be ours, whoever took it before.
replaceModule(
  "/src/adapters/kubernetes/cluster.ts",
  `export async function openCluster(options) {
    const cluster = await whole.openCluster(options);
    return { ...cluster, async takeTicket(...ticket) {
      await cluster.takeTicket(...ticket).catch(() => undefined);
      return "mine";
    } };
  }`,
);
