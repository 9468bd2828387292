import type { DeletePod } from "../../operation/catalogue/pods.ts";
import { apiVersionOf } from "../../operation/object-kind.ts";
import type { Act } from "../act.ts";
import { budgetsOver } from "../objects/budgets.ts";
import { evict } from "../objects/eviction.ts";
import { record, text } from "../objects/fields.ts";
import { refOf } from "../objects/planned-object.ts";
import { viewPod } from "../objects/pod.ts";
import { followEnd, goneUntold } from "../objects/watch-end.ts";

/** Evicts one pod: a disruption budget without room is the answer, not a reason to wait. */
export const deletePod: Act<DeletePod> = {
  async plan(reader, operation, now) {
    const { target } = operation;
    const object = (await reader.get(refOf(target))).object;
    const pod = viewPod(object);
    if (pod.ending) return { unplannable: `The pod ${target.name} is being deleted already.` };
    const { owner } = pod;
    return {
      operation,
      object: { apiVersion: apiVersionOf("Pod"), ...target, uid: pod.uid },
      changes: [{ field: "the pod", from: `on ${pod.node || "no node"}`, to: "evicted" }],
      binding: { owner },
      effects: [
        owner === null
          ? "Nothing owns this pod: it does not come back."
          : `${owner.kind} ${owner.name} puts another pod in its place.`,
      ],
      facts: { replicas: 1, labels: pod.labels },
      live: {
        readAt: now,
        resourceVersion: text(record(object["metadata"])["resourceVersion"]),
        ready: pod.ready ? 1 : 0,
        total: 1,
        warnings: await budgetsOver(reader, target.namespace, pod.labels, "an eviction is refused while it has none"),
      },
    };
  },

  apply: (session, plan, { dryRun }) => evict(session, plan.object, { dryRun }),

  // While the very pod stands untouched, a call of ours may still be on its way.
  shows: (object, plan) =>
    object === undefined || viewPod(object).uid !== plan.object.uid || viewPod(object).ending ? "done" : "unclear",

  untold: goneUntold,

  follow: followEnd,
};
