import { ClusterFault, type KubeObject } from "../cluster-port.ts";
import type { DeletePod } from "../operation/catalogue/pods.ts";
import { apiVersionOf } from "../operation/object-kind.ts";
import type { Json } from "../operation/plan.ts";
import type { Act, Ending, Following } from "./act.ts";
import { list, record, text, texts } from "./fields.ts";
import { refOf, uidOf } from "./planned-object.ts";
import { budgetsOver } from "./surroundings.ts";

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
          : `${text(owner["kind"])} ${text(owner["name"])} puts another pod in its place.`,
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

  follow: (at) => followEnd(at),
};

/** Watches until the pod is gone, which takes as long as it is given to end by itself. */
async function followEnd({ session, plan, from, tell, signal }: Following): Promise<Ending> {
  const gone: Ending = { well: true, says: "done, and the pod is gone" };
  if (!from || uidOf(from) !== plan.object.uid) return gone;
  await tell("the pod is ending");
  try {
    const version = text(record(from["metadata"])["resourceVersion"]);
    for await (const object of session.watch(refOf(plan.object), version, signal))
      if (uidOf(object) !== plan.object.uid) return gone;
  } catch (fault) {
    if (fault instanceof ClusterFault && fault.code === "not-found") return gone;
    throw fault;
  }
  return { well: false, why: "the pod had not ended when the time to watch it was over" };
}

function isEnding(object: KubeObject): boolean {
  return record(object["metadata"])["deletionTimestamp"] !== undefined;
}

function isReady(object: KubeObject): boolean {
  const conditions = list(record(object["status"])["conditions"]).map(record);
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

/** The controller that owns it, by its very uid: whether the pod comes back depends on it. */
function ownerOf(object: KubeObject): Readonly<Record<string, Json>> | null {
  const owners = list(record(object["metadata"])["ownerReferences"]).map(record);
  const owner = owners.find(({ controller }) => controller === true);
  return owner ? { kind: owner["kind"] ?? "", name: owner["name"] ?? "", uid: owner["uid"] ?? "" } : null;
}
