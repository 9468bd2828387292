import { isDeepStrictEqual } from "node:util";
import { manageFields } from "../managed-fields.ts";
import { type KubeObject, timestamp } from "../object.ts";
import type { Store } from "../store.ts";

/** Writes what a controller found out, as the status subresource notes it; nothing when it is known already. */
export function report(store: Store, object: KubeObject, next: KubeObject, now = Date.now()): void {
  if (isDeepStrictEqual(next, object)) return;
  const writer = { name: "kube-controller-manager", apiVersion: object.apiVersion, subresource: "status" };
  const managedFields = manageFields(object, next, object.metadata.managedFields ?? [], writer, timestamp(now));
  store.put({ ...next, metadata: { ...next.metadata, managedFields } });
}

/** Counts of 0 are left out of a status, as on a real server. */
export function present<T extends object>(counts: T): Partial<T> {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== 0)) as Partial<T>;
}
