import type { Mover } from "../request/move.ts";

/**
 * Says why a request cannot be planned or begun yet, and gives back the claim of `fence`; it is tried again within
 * seconds, ever more seldom while the same reason stands. Nothing where it has gone on meanwhile. A reason that is known
 * already is not written again, unless there is a claim to give back.
 */
export async function holdUp(mover: Mover, id: string, why: string, fence?: number): Promise<void> {
  await mover.move(id, ({ request }) => {
    if (request.state !== "planning" && request.state !== "granted") return undefined;
    if (fence === undefined && request.heldUp?.why === why) return undefined;
    return { event: { type: "held-up", why, ...(fence === undefined ? {} : { fence }) } };
  });
}
