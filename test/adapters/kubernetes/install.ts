import assert from "node:assert/strict";
import type { AdminClient } from "../../lab/kubernetes/admin-client.ts";

interface Installed {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** As an administrator's `kubectl apply` does for objects that are not there yet; what is there stays as it is. */
export async function install(admin: AdminClient, objects: readonly unknown[]): Promise<void> {
  for (const object of objects as readonly Installed[]) {
    const path = collectionOf(object);
    const { status, body } = await admin.send("POST", path, { body: object });
    assert.ok(status === 201 || status === 409, `${path}: ${status} ${body.message}`);
  }
}

/** A token of the worker's own account, as the kubelet would mount one. */
export async function workerTokenOf(admin: AdminClient): Promise<string> {
  const path = "/api/v1/namespaces/countersign/serviceaccounts/countersign-worker/token";
  const { status } = await admin.create(path, { spec: { expirationSeconds: 3_600 } });
  return String((status as { readonly token?: unknown }).token);
}

export function collectionOf({ apiVersion, kind, metadata }: Installed): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = metadata.namespace ? `/namespaces/${metadata.namespace}` : "";
  return `${root}${place}/${kind.toLowerCase().replace(/y$/, "ie")}s`;
}

/** Refused by one of the admission policies, not by RBAC, which says 403 as well. */
export function isRefusedByPolicy({ status, body }: { status: number; body: { message?: string } }): boolean {
  return status === 403 && /ValidatingAdmissionPolicy/.test(body.message ?? "");
}
