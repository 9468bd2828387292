import type { KubeObject } from "../../ports/cluster.ts";
import { list, record, text } from "./fields.ts";

/** The controller that owns an object, by its very uid. */
export type Owner = { readonly kind: string; readonly name: string; readonly uid: string };

/** Who makes an object anew when it goes; null where nobody does. */
export function ownerOf(object: KubeObject): Owner | null {
  const owners = list(record(object["metadata"])["ownerReferences"]).map(record);
  const owner = owners.find(({ controller }) => controller === true);
  return owner ? { kind: text(owner["kind"]), name: text(owner["name"]), uid: text(owner["uid"]) } : null;
}
