import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface KubeconfigParts {
  readonly server: string;
  readonly ca?: string;
  /** Merged over the cluster's and the user's entries. */
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Writes a kubeconfig of one context, `lab`, into a folder of its own; `remove` takes the folder away. */
export function writeKubeconfig({ server, ca, cluster, user }: KubeconfigParts): { path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "countersign-kubeconfig-"));
  const path = join(folder, "config");
  const authority = ca === undefined ? {} : { "certificate-authority-data": base64(ca) };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lab", cluster: { server, ...authority, ...cluster } }],
    users: [{ name: "lab", user: { ...user } }],
    contexts: [{ name: "lab", context: { cluster: "lab", user: "lab" } }],
    "current-context": "lab",
  };
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function clientCertificate({ cert, key }: { readonly cert: string; readonly key: string }) {
  return { "client-certificate-data": base64(cert), "client-key-data": base64(key) };
}
