import type { PlannedObject } from "../../operation/plan.ts";
import type { ApiAnswer, Session } from "../../ports/cluster.ts";
import { refOf } from "./planned-object.ts";

/** Asks the Eviction API (policy/v1) for one pod, with its uid as the precondition. */
export function evict(session: Session, pod: PlannedObject, options: { readonly dryRun: boolean }): Promise<ApiAnswer> {
  const { namespace = "", name, uid } = pod;
  const body = {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { namespace, name },
    deleteOptions: { preconditions: { uid } },
  };
  return session.create({ ...refOf(pod), subresource: "eviction" }, body, options);
}
