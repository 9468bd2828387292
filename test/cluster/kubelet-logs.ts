import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { AdminClient } from "../lab/kubernetes/admin-client.ts";

/** What kube-apiserver asks of a kubelet when somebody reads a log. */
export interface LogCall {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly query: Readonly<Record<string, string>>;
}

const certificates = new URL("../lab/kubernetes/certificate/", import.meta.url);

/**
 * Stands in for the kubelets' door for logs, and tells the API server that these nodes have it; every call gets what
 * `logOf` answers. The API server does not look at the certificate.
 */
export async function openLogDoor(
  admin: AdminClient,
  nodes: readonly string[],
  logOf: (call: LogCall) => string,
): Promise<{ close(): Promise<void> }> {
  const file = (name: string) => readFileSync(new URL(name, certificates));
  const server = createServer({ cert: file("test-only-server.pem"), key: file("test-only-server-key.pem") });
  server.on("request", ({ url = "" }, response) => {
    const { pathname, searchParams } = new URL(url, "https://kubelet");
    const [, door, namespace = "", pod = "", container = ""] = pathname.split("/");
    if (door !== "containerLogs") response.writeHead(404).end();
    else response.end(logOf({ namespace, pod, container, query: Object.fromEntries(searchParams) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const tell = async (port: number) => {
    const status = { daemonEndpoints: { kubeletEndpoint: { Port: port } } };
    for (const node of nodes) await admin.patch(`/api/v1/nodes/${node}/status`, { status });
  };
  await tell((server.address() as AddressInfo).port);
  return {
    async close() {
      await tell(0);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
