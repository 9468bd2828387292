import { generateKeyPairSync, randomBytes } from "node:crypto";
import { access, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClusterPeer } from "../lab/kubernetes/peer.ts";
import { Api } from "./api.ts";
import { type AuditEvent, auditPolicy, readAuditLog } from "./audit-log.ts";
import type { Binaries } from "./binaries.ts";
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

/** Starts a cluster of its own in a few seconds; `close` leaves no process and no file, and neither does a crash. */
export async function startCluster(binaries: Binaries, options: Partial<KubeletOptions> = {}): Promise<RealCluster> {
  const folder = await mkdtemp(join(tmpdir(), "countersign-cluster-"));
  const guard = new Guard(folder);
  try {
    return await start(binaries, folder, guard, { ...usual, ...options });
  } catch (fault) {
    await guard.dismiss();
    throw fault;
  }
}

async function start(binaries: Binaries, folder: string, guard: Guard, options: KubeletOptions): Promise<RealCluster> {
  const within = (name: string) => join(folder, name);
  const run = (path: string, args: readonly string[], log: string) => new Program(guard, path, args, within(log));
  const tokens = { admin: secret(), controllers: secret(), kubelet: secret() };
  await Promise.all([
    writeFile(within("tokens.csv"), tokenFile(tokens), { mode: 0o600 }),
    writeFile(within("audit-policy.json"), JSON.stringify(auditPolicy)),
    writeFile(within("accounts.key"), signingKey(), { mode: 0o600 }),
  ]);

  const etcd = run(binaries.etcd, etcdFlags(folder), "etcd.log");
  await etcd.until(() => exists(within("etcd.sock")), "etcd listened");

  const port = await freePort();
  const server = `https://127.0.0.1:${port}`;
  const startApiServer = () => run(binaries.apiServer, apiServerFlags(folder, port), "kube-apiserver.log");
  let apiServer = startApiServer();
  await apiServer.until(() => exists(within("certificates/apiserver.key")), "kube-apiserver made its certificate");
  const ca = authorityOf(await readFile(within("certificates/apiserver.crt"), "utf8"));
  const admin = new Api(server, ca, tokens.admin);
  const ready = () => answersOk(admin, "/readyz");
  await apiServer.until(ready, "kube-apiserver was ready");

  await writeFile(within("controllers.kubeconfig"), kubeconfig(server, ca, tokens.controllers), { mode: 0o600 });
  const controllers = run(binaries.controllerManager, controllerManagerFlags(folder), "kube-controller-manager.log");
  const forKubelet = new Api(server, ca, tokens.kubelet);
  const kubelet = await Kubelet.start(forKubelet, options);
  const firstAccount = () => answersOk(admin, "/api/v1/namespaces/default/serviceaccounts/default");
  await controllers.until(firstAccount, "the controllers made the first service account");

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
    async close() {
      await kubelet.close();
      await Promise.all([forKubelet.close(), admin.close()]);
      await Promise.all([controllers, apiServer, etcd].map((program) => program.stop(500)));
      await guard.dismiss();
    },
  };
}

/** kube-apiserver's own certificate file holds the certificate, then the authority that signed it. */
function authorityOf(chain: string): string {
  const authority = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g)?.at(1);
  if (authority === undefined) throw new Error("kube-apiserver wrote no authority beside its certificate");
  return authority;
}

/** JSON is YAML. */
function kubeconfig(server: string, ca: string, token: string): string {
  const name = "countersign-test";
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

function tokenFile(tokens: { admin: string; controllers: string; kubelet: string }): string {
  const line = (token: string, name: string) => `${token},${name},${name},"system:masters"\n`;
  return (
    line(tokens.admin, "admin") +
    line(tokens.controllers, "system:kube-controller-manager") +
    line(tokens.kubelet, "stand-in-kubelet")
  );
}

function signingKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "sec1", format: "pem" }).toString();
}

function secret(): string {
  return randomBytes(24).toString("base64url");
}

function answersOk(api: Api, path: string): Promise<boolean> {
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
