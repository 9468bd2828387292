import type { ClusterFault, ClusterFaultCode } from "../ports/cluster.ts";
import type { Mover } from "../request/move.ts";

/**
 * Says why a request cannot be planned or begun yet, and gives back the claim of `fence`; it is tried again within
 * seconds, ever more seldom while the same reason stands. Nothing where it has gone on meanwhile. A reason that is known
 * already is written again only when its time to try again had come, or when there is a claim to give back.
 */
export async function holdUp(mover: Mover, id: string, why: string, fence?: number): Promise<void> {
  await mover.move(id, ({ request, now }) => {
    if (request.state !== "planning" && request.state !== "granted") return undefined;
    if (fence === undefined && request.heldUp?.why === why && now < request.heldUp.next) return undefined;
    return { event: { type: "held-up", why, ...(fence === undefined ? {} : { fence }) } };
  });
}

/** Faults of a cluster that may pass by themselves, by what the cluster does. */
const passing: Partial<Record<ClusterFaultCode, string>> = {
  "no-answer": "does not answer",
  "server-error": "answers with faults of its own",
  "too-many-requests": "asks to be asked less often",
  unauthorized: "does not know the worker's token",
};

/** For what a request waits after this fault, as {@link holdUp} takes it; undefined where waiting helps nobody. */
export function awaited(fault: ClusterFault, cluster: string): string | undefined {
  const does = passing[fault.code];
  return does === undefined ? undefined : `the cluster ${cluster} ${does}`;
}
