import type { PlannedObject } from "../operation/plan.ts";

/** What a request says of the objects it acts on. */
interface Acting {
  readonly operation: { readonly cluster: string };
  readonly plan: { readonly object?: PlannedObject; readonly also?: readonly PlannedObject[] };
}

/**
 * The locks a request must hold while it runs: one for each object it acts on, by name and not by uid, for a successor
 * of the same name must wait as well. Sorted, each once.
 */
export function locksOf({ operation, plan }: Acting): readonly string[] {
  const objects = [...(plan.object ? [plan.object] : []), ...(plan.also ?? [])];
  const locks = objects.map(({ kind, namespace, name }) => [operation.cluster, kind, namespace ?? "", name].join("/"));
  return [...new Set(locks)].sort();
}

/** What a lock is on, in words: "Deployment prod/api". */
export function lockWords(lock: string): string {
  const [, kind, namespace, name] = lock.split("/");
  return namespace ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;
}
