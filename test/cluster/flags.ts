import { join } from "node:path";

/** Sockets, not ports: nobody else on the machine can write past the API server. */
export function etcdFlags(folder: string): readonly string[] {
  // Must look like an address, and is dialled by nobody.
  const advertised = "http://127.0.0.1:1";
  return flags({
    name: "only",
    "data-dir": join(folder, "etcd"),
    "unsafe-no-fsync": true,
    "listen-client-urls": `unix://${join(folder, "etcd.sock")}`,
    "advertise-client-urls": advertised,
    "listen-peer-urls": `unix://${join(folder, "peer.sock")}`,
    "initial-advertise-peer-urls": advertised,
    "initial-cluster": `only=${advertised}`,
    "log-level": "warn",
  });
}

export function apiServerFlags(folder: string, port: number): readonly string[] {
  return flags({
    "etcd-servers": `unix://${join(folder, "etcd.sock")}`,
    "bind-address": "127.0.0.1",
    "advertise-address": "127.0.0.1",
    "secure-port": port,
    "cert-dir": join(folder, "certificates"),
    "endpoint-reconciler-type": "none",
    "service-cluster-ip-range": "10.0.0.0/24",
    "authorization-mode": "RBAC",
    "token-auth-file": join(folder, "tokens.csv"),
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-account-key-file": join(folder, "accounts.key"),
    "service-account-signing-key-file": join(folder, "accounts.key"),
    // As clusters have it: else the server's own validation would hide what a policy refuses.
    "allow-privileged": true,
    "audit-policy-file": join(folder, "audit-policy.json"),
    "audit-log-path": join(folder, "audit.log"),
  });
}

/** What makes workloads and jobs move, and what RBAC, accounts and deletion need; nothing that judges nodes. */
const controllers = [
  "clusterrole-aggregation-controller",
  "cronjob-controller",
  "daemonset-controller",
  "deployment-controller",
  "disruption-controller",
  "garbage-collector-controller",
  "job-controller",
  "namespace-controller",
  "replicaset-controller",
  "serviceaccount-controller",
  "statefulset-controller",
  "validatingadmissionpolicy-status-controller",
];

export function controllerManagerFlags(folder: string): readonly string[] {
  return flags({
    kubeconfig: join(folder, "controllers.kubeconfig"),
    controllers: controllers.join(","),
    "leader-elect": false,
    "secure-port": 0,
    "kube-api-qps": 500,
    "kube-api-burst": 1_000,
  });
}

function flags(values: Readonly<Record<string, string | number | boolean>>): readonly string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
