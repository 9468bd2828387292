import { openLook } from "../request/unknown.ts";
import { type Bench, clusterOf } from "./bench.ts";
import { endElevation } from "./end-elevation.ts";
import { execute } from "./execute.ts";
import { lookAgain } from "./look-again.ts";
import { planRequest } from "./plan.ts";

/**
 * Does whatever is the worker's to do next with this request; nothing where it serves another cluster. Safe to call at
 * any time, by any number of workers.
 */
export async function work(bench: Bench, id: string): Promise<void> {
  const stored = await bench.store.read(id);
  if (!stored) return;
  const { request } = stored;
  // Whoever writes into Redis can wake any worker for any request.
  if (!clusterOf(bench, request.operation)) return;
  switch (request.state) {
    case "planning":
      return planRequest(bench, request);
    case "granted":
    case "executing":
      return execute(bench, request);
    case "unknown":
      return openLook(request) === undefined ? endElevation(bench, stored) : lookAgain(bench, request);
    case "succeeded":
    case "failed":
    case "settled":
      return endElevation(bench, stored);
    default:
      return undefined;
  }
}
