import { parseNamespace } from "../../operation/name.ts";
import type { Json } from "../../operation/plan.ts";
import type { LogSlice, Removal } from "../../ports/cluster.ts";
import { notSent } from "./choke-point.ts";

const mostLines = 5_000;
const mostBytes = 1_000_000;

/** The DeleteOptions of a removal; throws `not-sent` for one that does not say which object it means by uid. */
export function removalOptions({ uid, resourceVersion, propagation, graceSeconds }: Removal, dryRun: boolean): Json {
  // An empty precondition is none.
  if (typeof uid !== "string" || uid === "" || resourceVersion === "")
    throw notSent("a removal names the object by its uid");
  if (graceSeconds !== undefined && !isWithin(graceSeconds, 0)) throw notSent("these are no seconds of grace");
  return {
    apiVersion: "v1",
    kind: "DeleteOptions",
    preconditions: { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
    ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
    ...(dryRun ? { dryRun: ["All"] } : {}),
  };
}

/** The query of a log; throws `not-sent` for more than 5,000 lines or 1,000,000 bytes, or for no such part of one. */
export function logQuery(slice: LogSlice): Readonly<Record<string, string>> {
  const { container, previous = false, tailLines, sinceSeconds, limitBytes } = slice;
  if (!isWithin(tailLines, 1, mostLines)) throw notSent(`a log is read in 1 to ${mostLines} lines`);
  if (!isWithin(limitBytes, 1, mostBytes)) throw notSent(`a log is read in 1 to ${mostBytes} bytes`);
  if (sinceSeconds !== undefined && !isWithin(sinceSeconds, 1)) throw notSent("a log is read since some seconds ago");
  if (container !== undefined && parseNamespace(container) === undefined) throw notSent("this is no container");
  return {
    tailLines: String(tailLines),
    limitBytes: String(limitBytes),
    ...(container === undefined ? {} : { container }),
    ...(previous ? { previous: "true" } : {}),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds: String(sinceSeconds) }),
  };
}

function isWithin(value: number, least: number, most: number = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}
