import { fieldManagerOf, type KubeObject, type ObjectRef } from "../cluster-port.ts";
import { objectKinds } from "../operation/object-kind.ts";
import type { PlannedObject } from "../operation/plan.ts";
import type { Target } from "../operation/target.ts";
import type { About, Verdict } from "./act.ts";
import { list, number, record, text } from "./deployment.ts";

/** Where this object stands in the API. */
export function refOf({ kind, namespace, name }: Target, subresource?: string): ObjectRef {
  const { group, version, resource } = objectKinds[kind];
  return { group, version, resource, ...(subresource ? { subresource } : {}), namespace, name };
}

/** Where the object of a plan stands in the API. */
export function plannedRef({ apiVersion, kind, namespace, name }: PlannedObject): ObjectRef {
  const found = Object.entries(objectKinds).find(([known]) => known === kind)?.[1];
  if (!found) throw new Error(`${apiVersion} ${kind} is no kind this house knows`);
  const { group, version, resource } = found;
  return { group, version, resource, namespace, name };
}

export function uidOf(object: KubeObject): string {
  return text(record(object["metadata"])["uid"]);
}

function generationOf(object: KubeObject): number {
  return number(record(object["metadata"])["generation"]);
}

/**
 * What an object says of a patch of ours: the field manager is the request's own, so whose a change is can be read off
 * it. Where its generation has not moved, its spec was changed by nobody.
 */
export function patched(object: KubeObject | undefined, uid: string, { stamp, generation }: About): Verdict {
  if (!object || uidOf(object) !== uid) return "unclear";
  const managers = list(record(object["metadata"])["managedFields"]).map((entry) => text(record(entry)["manager"]));
  if (managers.includes(fieldManagerOf(stamp.request))) return "done";
  return generation !== undefined && generationOf(object) === generation ? "not-done" : "unclear";
}
