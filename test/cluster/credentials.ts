import { generateKeyPairSync, randomBytes } from "node:crypto";

/** One bearer token for each who may do everything. */
export interface Tokens {
  readonly admin: string;
  readonly controllers: string;
  readonly kubelet: string;
}

export function freshTokens(): Tokens {
  const token = () => randomBytes(24).toString("base64url");
  return { admin: token(), controllers: token(), kubelet: token() };
}

/** What kube-apiserver's --token-auth-file reads: token, user name, uid, groups. */
export function tokenFile(tokens: Tokens): string {
  const line = (token: string, user: string) => `${token},${user},${user},"system:masters"\n`;
  return (
    line(tokens.admin, "admin") +
    line(tokens.controllers, "system:kube-controller-manager") +
    line(tokens.kubelet, "stand-in-kubelet")
  );
}

/** A new key for the tokens of service accounts, as PEM. */
export function signingKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "sec1", format: "pem" }).toString();
}

/** The last in the certificate file that kube-apiserver makes for itself: first its own, then its authority's. */
export function authorityOf(chain: string): string {
  const authority = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g)?.at(1);
  if (authority === undefined) throw new Error("kube-apiserver wrote no authority beside its certificate");
  return authority;
}

/** A kubeconfig for one server and one bearer token, in JSON, which is YAML. */
export function kubeconfig(server: string, ca: string, token: string): string {
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
