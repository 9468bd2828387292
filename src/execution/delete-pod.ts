import type { KubeObject } from "../cluster-port.ts";
import type { DeletePod } from "../operation/catalogue/pods.ts";
import { apiVersionOf } from "../operation/object-kind.ts";
import type { Act } from "./act.ts";
import { list, record, text, texts } from "./fields.ts";
import { ownerOf } from "./owner.ts";
import { refOf, uidOf } from "./planned-object.ts";
import { budgetsOver } from "./surroundings.ts";
import { followEnd, isEnding } from "./watch-end.ts";

/** Evicts through the Eviction API (policy/v1), with the pod's uid as the precondition. */
export const deletePod: Act<DeletePod> = {
  async plan(reader, operation, now) {
    const { target } = operation;
    const object = (await reader.get(refOf(target))).object;
    const metadata = record(object["metadata"]);
    if (isEnding(object)) return { unplannable: `The pod ${target.name} is being deleted already.` };
    const labels = texts(metadata["labels"]);
    const owner = ownerOf(object);
    const ready = isReady(object);
    return {
      operation,
      object: { apiVersion: apiVersionOf("Pod"), ...target, uid: uidOf(object) },
      changes: [{ field: "the pod", from: `on ${text(record(object["spec"])["nodeName"], "no node")}`, to: "evicted" }],
      binding: { owner },
      effects: [
        owner === null
          ? "Nothing owns this pod: it does not come back."
          : `${owner.kind} ${owner.name} puts another pod in its place.`,
      ],
      facts: { replicas: 1, labels },
      live: {
        readAt: now,
        resourceVersion: text(metadata["resourceVersion"]),
        ready: ready ? 1 : 0,
        total: 1,
        warnings: await budgetsOver(reader, target.namespace, labels, "an eviction is refused while it has none"),
      },
    };
  },

  apply(session, plan, { dryRun }) {
    const { namespace = "", name, uid } = plan.object;
    const body = {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { namespace, name },
      deleteOptions: { preconditions: { uid } },
    };
    return session.create({ ...refOf(plan.object), subresource: "eviction" }, body, { dryRun });
  },

  // While the very pod stands untouched, a call of ours may still be on its way.
  shows: (object, plan) =>
    object === undefined || uidOf(object) !== plan.object.uid || isEnding(object) ? "done" : "unclear",

  follow: followEnd,
};

export function isReady(object: KubeObject): boolean {
  const conditions = list(record(object["status"])["conditions"]).map(record);
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
