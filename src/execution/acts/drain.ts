import type { Drain } from "../../operation/catalogue/nodes.ts";
import { apiVersionOf } from "../../operation/object-kind.ts";
import type { PlannedObject } from "../../operation/plan.ts";
import type { Act } from "../act.ts";
import { type Budget, budgetsIn, covers } from "../objects/budgets.ts";
import { type Verdict, verdictOn } from "../objects/drain-verdict.ts";
import { evictAll } from "../objects/evict-all.ts";
import { liveViewOfNode, othersLeft, plannedNode, readNodeWithPods } from "../objects/node.ts";
import { patched } from "../objects/planned-object.ts";
import { type Pod, podsInWords } from "../objects/pod.ts";
import { patchUnschedulable } from "./cordon.ts";

/**
 * Cordons the node, which is the one call with a ticket; then evicts the pods of the plan, each by its uid, so that
 * whoever goes on with it can send nothing twice.
 */
export const drain: Act<Drain> = {
  async plan(reader, operation, now) {
    const [seen, budgets] = await Promise.all([
      readNodeWithPods(reader, operation.target),
      budgetsIn(reader, undefined),
    ]);
    const { node, pods } = seen;
    const verdicts = pods.map((pod) => ({ pod, verdict: verdictOn(pod, operation) }));
    const are = (is: Verdict["is"]) => verdicts.filter(({ verdict }) => verdict.is === is);
    const refused = [
      ...are("refused").map(inWords),
      ...twiceCovered(
        are("evicted").map(({ pod }) => pod),
        budgets,
      ),
    ];
    if (refused.length > 0) return { unplannable: `${node.name} cannot be drained like that: ${enough(refused)}.` };
    const evicted = are("evicted");
    if (evicted.length === 0 && node.unschedulable)
      return { unplannable: `The node ${node.name} is cordoned, and no pod on it is to be evicted.` };
    const live = liveViewOfNode(seen, now);
    return {
      operation,
      object: plannedNode(node),
      also: evicted.map(({ pod }) => plannedPod(pod)),
      changes: [
        { field: "spec.unschedulable", from: String(node.unschedulable), to: "true" },
        ...evicted.map(({ pod, verdict }) => ({
          field: `pod ${pod.namespace}/${pod.name}`,
          from: verdict.why,
          to: "evicted",
        })),
      ],
      binding: { unschedulable: node.unschedulable },
      effects: [
        `${podsInWords(evicted.length, ["is", "are"])} evicted; the node stays cordoned until somebody uncordons it.`,
        ...are("kept").map((one) => `Left alone: ${inWords(one)}.`),
      ],
      facts: {
        replicas: evicted.length,
        labels: node.labels,
        namespaces: [...new Set(evicted.map(({ pod }) => pod.namespace))].sort(),
      },
      live: {
        ...live,
        warnings: [
          ...live.warnings,
          ...(await othersLeft(reader, node)),
          ...withoutRoom(
            evicted.map(({ pod }) => pod),
            budgets,
          ),
        ],
      },
    };
  },

  apply: (session, plan, how) => patchUnschedulable(session, plan, true, how),
  shows: (object, plan, about) => patched(object, plan.object.uid, about),
  follow: (at) => evictAll(at),
};

function plannedPod({ namespace, name, uid }: Pod): PlannedObject {
  return { apiVersion: apiVersionOf("Pod"), kind: "Pod", namespace, name, uid };
}

function inWords({ pod, verdict }: { pod: Pod; verdict: Verdict }): string {
  return `${pod.namespace}/${pod.name} (${verdict.why})`;
}

function enough(sentences: readonly string[]): string {
  const shown = sentences.slice(0, 5).join(", ");
  return sentences.length > 5 ? `${shown}, and ${sentences.length - 5} more` : shown;
}

function over(pod: Pod, budgets: readonly Budget[]): readonly Budget[] {
  return budgets.filter((budget) => budget.namespace === pod.namespace && covers(budget, pod.labels));
}

/** The Eviction API answers 500 for a pod under two budgets (facts/kubernetes.md), however often it is asked. */
function twiceCovered(pods: readonly Pod[], budgets: readonly Budget[] | "unknown"): readonly string[] {
  if (budgets === "unknown") return [];
  return pods
    .filter((pod) => over(pod, budgets).length > 1)
    .map(
      ({ namespace, name }) => `${namespace}/${name} (two disruption budgets cover it, which no eviction gets past)`,
    );
}

function withoutRoom(pods: readonly Pod[], budgets: readonly Budget[] | "unknown"): readonly string[] {
  if (budgets === "unknown") return ["Unknown: what disruption budgets forbid; the reader may not list them."];
  return budgets.flatMap((budget) => {
    const under = pods.filter((pod) => over(pod, [budget]).length > 0);
    if (under.length <= budget.room) return [];
    const { namespace, name, room } = budget;
    return `The disruption budget ${namespace}/${name} has room for ${room} of ${under.length} pods now; the others wait for it.`;
  });
}
