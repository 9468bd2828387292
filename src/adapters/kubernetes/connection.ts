import { readFileSync } from "node:fs";
import { KubeConfig, type User } from "@kubernetes/client-node";

/** How to reach one API server, and what the worker is known by there. */
export interface Connection {
  readonly server: URL;
  /** PEM of the authority that signed the server's certificate; absent: the system's authorities. */
  readonly ca?: string;
  readonly tlsServerName?: string;
  /** A client certificate. It stands for every call of a connection, so only the worker's own calls may use it. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** The worker's own token, read anew for each call: mounted tokens are renewed on disk. */
  readonly ownToken: () => string | undefined;
}

export interface Whereabouts {
  /** The cluster's name, for the sentences of faults. */
  readonly name: string;
  /** Path of a kubeconfig; absent: in the cluster, as the pod's own service account. */
  readonly kubeconfig?: string | undefined;
  /** A context of the kubeconfig; absent: its current one. */
  readonly context?: string | undefined;
}

// Where the kubelet mounts it (kubernetes.io/docs/tasks/run-application/access-api-from-pod).
const mountedToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** Reads how to reach a cluster; throws in words what of it is missing or refused. */
export function readConnection(whereabouts: Whereabouts): Connection {
  const refuse = (why: string) => new Error(`cluster ${whereabouts.name}: ${why}`);
  const inCluster = whereabouts.kubeconfig === undefined;
  const config = load(whereabouts, refuse);
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (!cluster || !user) throw refuse("the kubeconfig's context names no cluster and user");
  if (inCluster && !URL.canParse(cluster.server)) throw refuse("no kubeconfig is given, and this is no pod");
  if (!URL.canParse(cluster.server) || new URL(cluster.server).protocol !== "https:")
    throw refuse("the server's address must begin with https://");
  if (cluster.skipTLSVerify) throw refuse("insecure-skip-tls-verify is refused; give the server's authority");
  if (cluster.proxyUrl) throw refuse("proxy-url is not supported");
  if (user.exec || (user.authProvider && !inCluster) || user.username || user.impersonateUser)
    throw refuse("give the worker a token or a certificate: no login program, password or impersonation");
  const ca = material(cluster.caData, cluster.caFile);
  const certificate = certificateOf(user);
  const ownToken = inCluster
    ? () => readFileSync(mountedToken, "utf8").trim()
    : () => load(whereabouts, refuse).getCurrentUser()?.token;
  if (!certificate && !ownToken()) throw refuse("the kubeconfig holds neither a token nor a certificate");
  return {
    server: new URL(cluster.server),
    ownToken,
    ...(ca ? { ca } : {}),
    ...(cluster.tlsServerName ? { tlsServerName: cluster.tlsServerName } : {}),
    ...(certificate ? { certificate } : {}),
  };
}

function load({ kubeconfig, context }: Whereabouts, refuse: (why: string) => Error): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined) {
    config.loadFromCluster();
    return config;
  }
  try {
    config.loadFromFile(kubeconfig);
  } catch (fault) {
    // A parser's message quotes the line it stumbled over, which may hold a token.
    const code = fault instanceof Error && "code" in fault ? String(fault.code) : "it is no kubeconfig";
    throw refuse(`${kubeconfig} cannot be read (${code})`);
  }
  if (context !== undefined) config.setCurrentContext(context);
  return config;
}

function certificateOf({ certData, certFile, keyData, keyFile }: User) {
  const cert = material(certData, certFile);
  const key = material(keyData, keyFile);
  return cert && key ? { cert, key } : undefined;
}

function material(data: string | undefined, file: string | undefined): string | undefined {
  if (data) return Buffer.from(data, "base64").toString("utf8");
  return file ? readFileSync(file, "utf8") : undefined;
}
