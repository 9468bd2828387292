import { renderAccounts } from "../../src/operation/accounts.ts";
import { install, workerTokenOf } from "../adapters/kubernetes/install.ts";
import { openAdminClient } from "./kubernetes/admin-client.ts";
import type { ClusterPeer } from "./kubernetes/peer.ts";
import { demoObjects } from "./kubernetes/seed.ts";

/** How a worker reaches a cluster, as its own service account. */
export interface WorkerAccess {
  readonly server: string;
  /** PEM; absent: the system's authorities. */
  readonly ca?: string;
  /** A token of the account `countersign-worker`. */
  readonly token: string;
}

/** The namespaces of the demo that may be operated on. */
export const demoNamespaces = ["prod", "staging"] as const;

/** Installs what an administrator would, plants the demo's workloads where they are missing, and answers the way in. */
export async function prepareCluster(peer: ClusterPeer): Promise<WorkerAccess> {
  const admin = openAdminClient(peer);
  try {
    await install(admin, [...demoObjects, ...renderAccounts({ namespaces: demoNamespaces })]);
    return { server: peer.server, ca: peer.ca, token: await workerTokenOf(admin) };
  } finally {
    await admin.close();
  }
}

/** A kubeconfig of one context, in JSON, which is YAML. */
export function workerKubeconfig({ server, ca, token }: WorkerAccess): string {
  const authority = ca === undefined ? {} : { "certificate-authority-data": Buffer.from(ca).toString("base64") };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lab", cluster: { server, ...authority } }],
    users: [{ name: "lab", user: { token } }],
    contexts: [{ name: "lab", context: { cluster: "lab", user: "lab" } }],
    "current-context": "lab",
  });
}
