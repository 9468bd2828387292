import type { Stored } from "../ports.ts";
import type { Desk } from "./desk.ts";
import { openElevation } from "./elevation.ts";
import type { Wish } from "./move.ts";

/** How long a worker counts as there after it said so, in ms; it says so three times in that while. */
export const presenceMs = 30_000;

/** A request that waits for a worker, while none serves its cluster, says so instead of waiting in silence. */
export async function tellAbsence({ presence }: Pick<Desk, "presence">, { request }: Stored): Promise<Wish> {
  if (request.state !== "planning" && request.state !== "granted") return undefined;
  // A worker that said what it waits for knows better; one that holds it now lets nothing be said over its head.
  if (request.heldUp) return undefined;
  const { cluster } = request.operation;
  if (await presence.served(cluster)) return undefined;
  return { event: { type: "held-up", why: absenceOf(cluster) } };
}

function absenceOf(cluster: string): string {
  return `no worker for the cluster ${cluster} has been seen for ${presenceMs / 1000} seconds`;
}

/** An elevation past its end that nobody is there to end; nothing where somebody is, who says better what keeps them. */
export async function tellStillElevated({ presence }: Pick<Desk, "presence">, { request }: Stored): Promise<Wish> {
  const { cluster } = request.operation;
  const why = absenceOf(cluster);
  if (openElevation(request)?.overdue?.why === why || (await presence.served(cluster))) return undefined;
  return { event: { type: "elevation-held-up", why } };
}
