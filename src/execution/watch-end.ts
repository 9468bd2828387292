import { ClusterFault, type KubeObject } from "../cluster-port.ts";
import { objectKinds } from "../operation/object-kind.ts";
import type { Ending, Following } from "./act.ts";
import { list, record, text } from "./fields.ts";
import { refOf, uidOf } from "./planned-object.ts";

/** Whether its removal was asked for already, and it only waits to be gone. */
export function isEnding(object: KubeObject): boolean {
  return record(object["metadata"])["deletionTimestamp"] !== undefined;
}

/** What must be done by others before an object that is removed is gone. */
export function finalizersOf(object: KubeObject): readonly string[] {
  return list(record(object["metadata"])["finalizers"]).map((name) => text(name));
}

/** Watches until the very object is gone; where finalizers keep it, it says which. */
export async function followEnd({ session, plan, from, tell, signal }: Following): Promise<Ending> {
  const { noun } = objectKinds[plan.object.kind];
  const gone: Ending = { well: true, says: `done, and the ${noun} is gone` };
  if (!from || uidOf(from) !== plan.object.uid) return gone;
  await tell(`the ${noun} is ending`);
  let last = from;
  try {
    const version = text(record(from["metadata"])["resourceVersion"]);
    for await (const object of session.watch(refOf(plan.object), version, signal)) {
      if (uidOf(object) !== plan.object.uid) return gone;
      last = object;
    }
  } catch (fault) {
    if (fault instanceof ClusterFault && fault.code === "not-found") return gone;
    throw fault;
  }
  const held = finalizersOf(last);
  const why = held.length === 0 ? "" : `: it waits for ${held.join(" and ")}`;
  return { well: false, why: `the ${noun} was not gone when the time to watch it was over${why}` };
}
