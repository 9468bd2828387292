import { replaceModule } from "./replace.ts";

// The ticket in the cluster is always said to be ours, whoever took it before; and nobody sees one that stands.
replaceModule(
  "/src/adapters/kubernetes/cluster.ts",
  `export async function openCluster(options) {
    const cluster = await whole.openCluster(options);
    return { ...cluster, ticket: async () => undefined, async takeTicket(...ticket) {
      await cluster.takeTicket(...ticket).catch(() => undefined);
      return "mine";
    } };
  }`,
);
