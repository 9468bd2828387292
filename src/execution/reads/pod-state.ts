import type { Json } from "../../operation/plan.ts";
import type { KubeObject } from "../../ports/cluster.ts";
import { list, number, record, text } from "../objects/fields.ts";

/** How a pod is in one word, as the STATUS column of kubectl has it. */
export function podState(pod: KubeObject): string {
  const status = record(pod["status"]);
  if (record(pod["metadata"])["deletionTimestamp"]) return "Terminating";
  const starting = list(status["initContainerStatuses"]).map(record);
  const held = starting.findIndex((one) => number(record(record(one["state"])["terminated"])["exitCode"], 1) !== 0);
  // Sidecars are init containers that go on running once they have started.
  if (held >= 0 && starting[held]?.["started"] !== true)
    return `Init:${reasonOf(starting[held]) ?? `${held}/${starting.length}`}`;
  const reasons = list(status["containerStatuses"]).map((one) => reasonOf(record(one)));
  return reasons.find((reason) => reason !== undefined) ?? text(status["reason"], text(status["phase"], "Unknown"));
}

/** What a container waits for, or how it ended; undefined while it runs. */
function reasonOf(container: Readonly<Record<string, Json>> | undefined): string | undefined {
  const state = record(container?.["state"]);
  return text(record(state["waiting"])["reason"]) || text(record(state["terminated"])["reason"]) || undefined;
}
