import { type KindName, objectKinds } from "../../operation/object-kind.ts";
import { fieldManagerOf, type KubeObject, type ObjectRef } from "../../ports/cluster.ts";
import type { About, Verdict } from "../act.ts";
import { list, number, record, text } from "./fields.ts";

/** Where this object stands in the API. */
export function refOf(object: {
  readonly kind: KindName;
  readonly namespace?: string | undefined;
  readonly name: string;
}): ObjectRef {
  const { group, version, resource } = objectKinds[object.kind];
  const { namespace, name } = object;
  return { group, version, resource, ...(namespace === undefined ? {} : { namespace }), name };
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
