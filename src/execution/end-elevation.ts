import { elevationEnd, elevationName } from "../operation/elevation.ts";
import { type Cluster, ClusterFault, type ObjectRef, type Session } from "../ports/cluster.ts";
import type { Stored } from "../ports.ts";
import { openElevation } from "../request/elevation.ts";
import { type Bench, clusterOf } from "./bench.ts";
import { refOf, uidOf } from "./objects/planned-object.ts";

/**
 * Takes away the binding of a request whose time is over, or that was revoked; nothing before that. It is tried until
 * the cluster says that it is gone, and what keeps it is said. A crash between the removal and its record leaves a
 * binding that the next look finds gone.
 */
export async function endElevation(bench: Bench, { request, now }: Stored): Promise<void> {
  const elevation = openElevation(request);
  const cluster = clusterOf(bench, request.operation);
  if (!elevation || !cluster || (elevation.revoked === undefined && now < elevation.until)) return;
  const { namespace } = request.operation.kind === "elevate" ? request.operation.target : {};
  const ref = refOf({ kind: "RoleBinding", namespace, name: elevationName(request.id) });
  try {
    const removed = await removeBinding(await cluster.session(elevationEnd, request.id), ref);
    await noteEnd(bench, request.id, removed);
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    await noteDelay(bench, request.id, delayOf(fault, cluster));
  }
}

/** How a removal went: the `Audit-Id`s of its answers; none where there was nothing to remove. */
export interface Removed {
  readonly was: "there" | "gone";
  readonly apiAuditIds: readonly string[];
}

/** Removes this very binding; one that has come in its place meanwhile is a conflict, and looked at again. */
export async function removeBinding(session: Session, ref: ObjectRef): Promise<Removed> {
  try {
    const uid = uidOf((await session.get(ref)).object);
    const { auditId } = await session.remove(ref, { uid });
    return { was: "there", apiAuditIds: [auditId] };
  } catch (fault) {
    if (fault instanceof ClusterFault && fault.code === "not-found") return { was: "gone", apiAuditIds: [] };
    throw fault;
  }
}

/** Writes down that it has ended, and how, unless that is known already. */
export async function noteEnd({ mover }: Pick<Bench, "mover">, id: string, removed: Removed): Promise<void> {
  await mover.move(id, ({ request }) => {
    const elevation = openElevation(request);
    if (!elevation) return undefined;
    const how = removed.was === "gone" ? "gone" : elevation.revoked ? "revoked" : "on-time";
    return { event: { type: "elevation-ended", how, apiAuditIds: removed.apiAuditIds } };
  });
}

/** Says what keeps it; a reason that is known already is not written again. */
async function noteDelay({ mover }: Pick<Bench, "mover">, id: string, why: string): Promise<void> {
  await mover.move(id, ({ request }) => {
    const elevation = openElevation(request);
    if (!elevation || elevation.overdue?.why === why) return undefined;
    return { event: { type: "elevation-held-up", why } };
  });
}

function delayOf(fault: ClusterFault, { name }: Pick<Cluster, "name">): string {
  return fault.code === "no-answer"
    ? `the cluster ${name} does not answer`
    : `the cluster ${name} does not let it end: ${fault.says.replace(/\.$/, "")}`;
}
