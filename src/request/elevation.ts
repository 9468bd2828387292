import type { Refusal } from "../operation/refusal.ts";
import type { Elevation } from "./elevated.ts";
import { notNow } from "./ending.ts";
import type { On, RequestEvent } from "./event.ts";
import { heldUpNow } from "./hold-back.ts";
import type { Ended, Executing, Finished, Granted, Request, Settled, Unknown } from "./request.ts";

/** The elevation that may still stand; undefined where none was made, or where it has ended. */
export function openElevation(request: Request): Elevation | undefined {
  const elevation = "elevation" in request ? request.elevation : undefined;
  return elevation?.ended ? undefined : elevation;
}

/**
 * What an elevation leaves to be ended. Where nobody can tell whether it was made, it is ended on time all the same. Its
 * end follows from the grant alone, so that whoever reads the grant and the operation finds the same.
 */
export function elevationBy(
  { operation, grant }: Granted | Executing,
  event: On<"finished">,
): { readonly elevation?: Elevation } {
  if (operation.kind !== "elevate" || (event.as === "failed" && !event.made)) return {};
  return { elevation: { until: grant.grant.grantedAt + operation.seconds * 1000 } };
}

type OfElevation = On<"revoked" | "elevation-held-up" | "elevation-ended">;

export function isOfElevation(event: RequestEvent): event is OfElevation {
  return event.type === "revoked" || event.type === "elevation-held-up" || event.type === "elevation-ended";
}

/** What still happens to a request that is over: its elevation is revoked, held up, ended, each once. */
export function fromElevated(
  request: Finished | Unknown | Settled | Ended,
  event: RequestEvent,
  now: number,
): Request | Refusal {
  const elevation = openElevation(request);
  if (!elevation || !("outcome" in request)) return notNow(request, event);
  switch (event.type) {
    case "revoked": {
      if (elevation.revoked) return notNow(request, event);
      const revoked = { at: now, by: event.subject, why: event.why };
      return { ...request, elevation: { ...elevation, revoked } };
    }
    case "elevation-held-up":
      return { ...request, elevation: { ...elevation, overdue: heldUpNow(elevation.overdue, event.why, now) } };
    case "elevation-ended": {
      const { how, apiAuditIds } = event;
      const { overdue: _, ...rest } = elevation;
      return { ...request, elevation: { ...rest, ended: { at: now, how, apiAuditIds } } };
    }
    default:
      return notNow(request, event);
  }
}
