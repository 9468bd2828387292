import type { Bench } from "./bench.ts";
import { execute } from "./execute.ts";
import { planRequest } from "./plan.ts";

/** Does whatever is the worker's to do next with this request. Safe to call at any time, by any number of workers. */
export async function work(bench: Bench, id: string): Promise<void> {
  const stored = await bench.store.read(id);
  const request = stored?.request;
  switch (request?.state) {
    case "planning":
      return planRequest(bench, request);
    case "granted":
    case "executing":
      return execute(bench, request);
    default:
      return undefined;
  }
}
