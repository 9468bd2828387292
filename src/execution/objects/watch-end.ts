import { objectKinds } from "../../operation/object-kind.ts";
import type { PlannedObject } from "../../operation/plan.ts";
import { ClusterFault, type KubeObject, type Session } from "../../ports/cluster.ts";
import type { Ending, Following } from "../act.ts";
import { list, record, text } from "./fields.ts";
import { refOf, uidOf } from "./planned-object.ts";

/** For removals whose answer was lost: the aim is reached, and no more than that is claimed. */
export const goneUntold = "it is gone; nothing shows whether by this request or by somebody else";

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
  const last = await lastOf(session, plan.object, from, signal);
  if (!last) return gone;
  const held = finalizersOf(last);
  const why = held.length === 0 ? "" : `: it waits for ${held.join(" and ")}`;
  return { well: false, why: `the ${noun} was not gone when the time to watch it was over${why}` };
}

/** Watches one object until it is gone: undefined; or as it was last seen when the signal came first. */
export async function lastOf(
  session: Session,
  object: PlannedObject,
  from: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  let last = from;
  try {
    const version = text(record(from["metadata"])["resourceVersion"]);
    for await (const next of session.watch(refOf(object), version, signal)) {
      if (uidOf(next) !== object.uid) return undefined;
      last = next;
    }
  } catch (fault) {
    if (fault instanceof ClusterFault && fault.code === "not-found") return undefined;
    throw fault;
  }
  return last;
}
