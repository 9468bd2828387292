import { type Budget, covers } from "./controllers/disruption.ts";
import { isEnding, isFinished, isReady, type Pod } from "./controllers/workload.ts";
import type { Intent } from "./intent.ts";
import { type Fields, fieldsOf, timestamp } from "./object.ts";
import type { Objects } from "./objects.ts";
import { readBody } from "./read-body.ts";
import { readRemoval } from "./request.ts";
import { resourceOfKind } from "./resources.ts";
import { badRequest, disruptionRefused, Refusal } from "./status.ts";
import type { Store } from "./store.ts";

export const evictionKind = { kind: "Eviction", group: "policy", version: "v1" } as const;

/** What an eviction came to. */
export interface Evicted {
  readonly dryRun: boolean;
  readonly warnings: readonly string[];
}

/**
 * Deletes a pod if its disruption budget lets it go, else throws 429. As on a real server the budget is charged before
 * the preconditions are looked at: an eviction of another uid is a conflict, and has used up a disruption (measured).
 */
export function evict(store: Store, objects: Objects, pod: Pod, body: Fields, intent: Intent): Evicted {
  const { fields, warnings } = readBody(evictionKind, body, intent, "body");
  if (fieldsOf(fields["metadata"])["name"] !== pod.metadata.name)
    throw badRequest("name in URL does not match name in Eviction object");
  const asked = readRemoval(fieldsOf(fields["deleteOptions"]));
  const dryRun = asked.dryRun || intent.dryRun;
  const charged = isDisruptive(pod) ? budgetToCharge(store, pod) : undefined;
  if (charged && !dryRun) store.put(charge(charged, pod));
  objects.remove(resourceOfKind("Pod"), pod, { ...asked, dryRun });
  return { dryRun, warnings };
}

/** A pod that serves nobody for good, or never has, is no disruption. */
function isDisruptive(pod: Pod): boolean {
  return !isEnding(pod) && !isFinished(pod) && pod.status.phase !== "Pending";
}

/** The budget that this eviction uses up some of; undefined = it costs none. */
function budgetToCharge(store: Store, pod: Pod): Budget | undefined {
  const budgets = store.ofKind<Budget>("PodDisruptionBudget", pod.metadata.namespace);
  const [budget, ...more] = budgets.filter((one) => covers(one, pod));
  if (more.length > 0)
    throw new Refusal(
      500,
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    );
  if (!budget) return undefined;
  const { name } = budget.metadata;
  const { currentHealthy, desiredHealthy, disruptionsAllowed } = budget.status;
  const guarded = desiredHealthy > 0 && currentHealthy >= desiredHealthy;
  if (!isReady(pod) && (budget.spec.unhealthyPodEvictionPolicy === "AlwaysAllow" || guarded)) return undefined;
  if (disruptionsAllowed > 0) return budget;
  throw disruptionRefused(
    currentHealthy <= desiredHealthy
      ? `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
      : `The disruption budget ${name} does not allow evicting pods currently`,
  );
}

function charge(budget: Budget, { metadata: { name } }: Pod): Budget {
  const { disruptionsAllowed, disruptedPods } = budget.status;
  const marked = { ...disruptedPods, [name]: timestamp(Date.now()) };
  return {
    ...budget,
    status: { ...budget.status, disruptionsAllowed: disruptionsAllowed - 1, disruptedPods: marked },
  };
}
