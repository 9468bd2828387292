import { access, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type AdminClient, openAdminClient } from "../lab/kubernetes/admin-client.ts";
import type { ClusterPeer } from "../lab/kubernetes/peer.ts";
import { type AuditEvent, auditPolicy, readAuditLog } from "./audit-log.ts";
import type { Binaries } from "./binaries.ts";
import { authorityOf, freshTokens, kubeconfig, signingKey, tokenFile } from "./credentials.ts";
import { apiServerFlags, controllerManagerFlags, etcdFlags } from "./flags.ts";
import { Guard } from "./guard.ts";
import { Kubelet, type KubeletOptions } from "./kubelet.ts";
import { Program } from "./program.ts";

/** A real control plane: etcd, kube-apiserver, kube-controller-manager, and a stand-in for the rest. */
export interface RealCluster extends ClusterPeer {
  /** A kubeconfig that reaches this cluster under this bearer token, as YAML text. */
  kubeconfig(token: string): string;
  /** What anyone but the control plane itself has asked, oldest first. A line may follow its answer by milliseconds. */
  auditLog(): Promise<readonly AuditEvent[]>;
  readonly apiServer: ApiServerFaults;
}

export interface ApiServerFaults {
  /** SIGKILL: connections break off, what etcd has stays. */
  kill(): Promise<void>;
  /** Starts it again on the same address, after a kill. */
  restart(): Promise<void>;
  /** Connections stay open and nothing is answered, until `thaw`. */
  freeze(): void;
  thaw(): void;
}

const usual: KubeletOptions = { nodes: ["node-a", "node-b"], readyMs: 200, stopMs: 100 };

/** How long a program that was told to end may take, in milliseconds: nothing it could still save is wanted. */
const graceMs = 500;

/** Starts a cluster of its own in a few seconds; `close` leaves no process and no file, and neither does a crash. */
export async function startCluster(binaries: Binaries, options: Partial<KubeletOptions> = {}): Promise<RealCluster> {
  // What was begun is ended in reverse, when starting fails as on close().
  await using begun = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "countersign-cluster-"));
  const guard = new Guard(folder);
  begun.defer(() => guard.dismiss());
  const within = (name: string) => join(folder, name);
  const run = (path: string, args: readonly string[]) =>
    new Program(guard, path, args, within(`${basename(path)}.log`));

  const tokens = freshTokens();
  await writeFile(within("tokens.csv"), tokenFile(tokens));
  await writeFile(within("accounts.key"), signingKey());
  await writeFile(within("audit-policy.json"), JSON.stringify(auditPolicy));

  const etcd = run(binaries.etcd, etcdFlags(folder));
  begun.defer(() => etcd.stop(graceMs));
  await etcd.until(() => exists(within("etcd.sock")), "etcd listened");

  const port = await freePort();
  const startApiServer = () => run(binaries.apiServer, apiServerFlags(folder, port));
  let apiServer = startApiServer();
  begun.defer(() => apiServer.stop(graceMs));
  await apiServer.until(() => exists(within("certificates/apiserver.key")), "kube-apiserver made its certificate");
  const server = `https://127.0.0.1:${port}`;
  const ca = authorityOf(await readFile(within("certificates/apiserver.crt"), "utf8"));
  const admin = openAdminClient({ server, ca, adminToken: tokens.admin, close: async () => {} });
  begun.defer(() => admin.close());
  const ready = () => answersOk(admin, "/readyz");
  await apiServer.until(ready, "kube-apiserver was ready");

  await writeFile(within("controllers.kubeconfig"), kubeconfig(server, ca, tokens.controllers));
  const controllers = run(binaries.controllerManager, controllerManagerFlags(folder));
  begun.defer(() => controllers.stop(graceMs));
  const kubelet = await Kubelet.start(admin.as(tokens.kubelet), { ...usual, ...options });
  begun.defer(() => kubelet.close());
  const firstAccount = () => answersOk(admin, "/api/v1/namespaces/default/serviceaccounts/default");
  await controllers.until(firstAccount, "the controllers made the first service account");

  const whole = begun.move();
  return {
    server,
    ca,
    adminToken: tokens.admin,
    kubeconfig: (token) => kubeconfig(server, ca, token),
    auditLog: () => readAuditLog(within("audit.log")),
    apiServer: {
      kill: () => apiServer.kill(),
      async restart() {
        apiServer = startApiServer();
        await apiServer.until(ready, "kube-apiserver was ready again");
      },
      freeze: () => apiServer.signal("SIGSTOP"),
      thaw: () => apiServer.signal("SIGCONT"),
    },
    close: () => whole.disposeAsync(),
  };
}

function answersOk(api: AdminClient, path: string): Promise<boolean> {
  return api.send("GET", path).then(
    ({ status }) => status === 200,
    () => false,
  );
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Free when asked; the moment until kube-apiserver takes it is the caller's risk. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a listening socket has a port");
  return address.port;
}
