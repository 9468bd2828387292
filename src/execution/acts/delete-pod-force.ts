import type { DeletePodForce } from "../../operation/catalogue/pods.ts";
import { apiVersionOf } from "../../operation/object-kind.ts";
import type { Act } from "../act.ts";
import { budgetsOver } from "../objects/budgets.ts";
import { number, record, text, texts } from "../objects/fields.ts";
import { ownerOf } from "../objects/owner.ts";
import { refOf, uidOf } from "../objects/planned-object.ts";
import { viewPod } from "../objects/pod.ts";
import { finalizersOf, followEnd, goneUntold, isEnding } from "../objects/watch-end.ts";

/** Removes the pod's object with no time to end, as `kubectl delete pod --force` does, with its uid as the precondition. */
export const deletePodForce: Act<DeletePodForce> = {
  async plan(reader, operation, now) {
    const { target } = operation;
    const object = (await reader.get(refOf(target))).object;
    const metadata = record(object["metadata"]);
    if (isForced(object))
      return {
        unplannable: `The pod ${target.name} is removed by force already, and waits for ${finalizersOf(object).join(" and ") || "its removal"}.`,
      };
    const labels = texts(metadata["labels"]);
    const owner = ownerOf(object);
    const node = text(record(object["spec"])["nodeName"], "no node");
    return {
      operation,
      object: { apiVersion: apiVersionOf("Pod"), ...target, uid: uidOf(object) },
      changes: [{ field: "the pod", from: `on ${node}`, to: "removed at once, with no time to end" }],
      binding: { owner, node },
      effects: [
        "Its kubelet is not waited for: where the node does not answer, the containers may still be running, and nobody sees them any more.",
        owner === null
          ? "Nothing owns this pod: it does not come back."
          : `${owner.kind} ${owner.name} puts another pod in its place at once.`,
        ...(owner?.kind === "StatefulSet"
          ? ["Two pods of one identity may then run at the same time, and write to the same data."]
          : []),
      ],
      facts: { replicas: 1, labels },
      live: {
        readAt: now,
        resourceVersion: text(metadata["resourceVersion"]),
        ready: viewPod(object).ready ? 1 : 0,
        total: 1,
        warnings: [
          ...(isEnding(object) ? ["It is being deleted already, and was given time to end."] : []),
          ...finalizersOf(object).map((name) => `The finalizer ${name} keeps it until somebody takes it away.`),
          ...(await budgetsOver(reader, target.namespace, labels, "a removal by force does not ask it")),
        ],
      },
    };
  },

  apply: (session, plan, { dryRun }) =>
    session.remove(refOf(plan.object), { uid: plan.object.uid, graceSeconds: 0 }, { dryRun }),

  // While the very pod stands with its own time to end, a call of ours may still be on its way.
  shows: (object, plan) =>
    object === undefined || uidOf(object) !== plan.object.uid || isForced(object) ? "done" : "unclear",

  untold: goneUntold,

  follow: followEnd,
};

/** Its removal with no time to end was asked for: what is left of it waits for finalizers alone. */
function isForced(object: Parameters<typeof isEnding>[0]): boolean {
  return isEnding(object) && number(record(object["metadata"])["deletionGracePeriodSeconds"], -1) === 0;
}
