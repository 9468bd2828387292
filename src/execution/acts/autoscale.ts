import type { Autoscale } from "../../operation/catalogue/autoscalers.ts";
import { apiVersionOf, objectKinds } from "../../operation/object-kind.ts";
import type { Json } from "../../operation/plan.ts";
import { spokenTarget } from "../../operation/target.ts";
import { ClusterFault, type KubeObject, type Session } from "../../ports/cluster.ts";
import type { Act, Unplannable } from "../act.ts";
import { number, record, text, texts } from "../objects/fields.ts";
import { patched, refOf, uidOf } from "../objects/planned-object.ts";
import { podsInWords } from "../objects/pod.ts";
import { stamped } from "../objects/stamp.ts";
import { managedElsewhere, scales } from "../objects/surroundings.ts";
import { viewWorkload, type Workload } from "../objects/workload.ts";

const kind = "HorizontalPodAutoscaler";

/** Moves `spec.minReplicas` and `spec.maxReplicas` of one HorizontalPodAutoscaler (autoscaling/v2). */
export const autoscale: Act<Autoscale> = {
  async plan(reader, operation, now) {
    const { target } = operation;
    const scaler = await scalerOf(reader, operation);
    if ("unplannable" in scaler) return scaler;
    const { object, name } = scaler;
    const metadata = record(object["metadata"]);
    const spec = record(object["spec"]);
    const from = { min: number(spec["minReplicas"], 1), max: number(spec["maxReplicas"]) };
    const to = { min: operation.min ?? from.min, max: operation.max ?? from.max };
    const spoken = `hpa/${name}`;
    if (to.min > to.max)
      return {
        unplannable: `${spoken} scales from ${from.min} to ${from.max}: the least would be ${to.min}, the most ${to.max}.`,
      };
    if (to.min === from.min && to.max === from.max)
      return { unplannable: `${spoken} has these bounds already: ${from.min} to ${from.max}.` };
    const scaled = await scaledBy(reader, target.namespace, spoken, spec);
    if ("unplannable" in scaled) return scaled;
    const labels = texts(metadata["labels"]);
    const annotations = texts(metadata["annotations"]);
    return {
      operation,
      object: { apiVersion: apiVersionOf(kind), kind, namespace: target.namespace, name, uid: uidOf(object) },
      changes: [
        ...(from.min === to.min ? [] : [{ field: "spec.minReplicas", from: String(from.min), to: String(to.min) }]),
        ...(from.max === to.max ? [] : [{ field: "spec.maxReplicas", from: String(from.max), to: String(to.max) }]),
      ],
      binding: {
        minReplicas: from.min,
        maxReplicas: from.max,
        set: { minReplicas: to.min, maxReplicas: to.max },
        scaleTargetRef: spec["scaleTargetRef"] ?? null,
      },
      effects: [
        `It scales ${objectKinds[scaled.kind].short}/${text(record(spec["scaleTargetRef"])["name"])}, which has ${scaled.replicas} replicas now: ${moves(scaled.replicas, to)}.`,
      ],
      // The policy looks at what is scaled, not at what scales it.
      facts: { replicas: Math.max(scaled.replicas, from.max, to.max), labels: scaled.labels },
      live: {
        readAt: now,
        resourceVersion: text(metadata["resourceVersion"]),
        ready: scaled.status.ready,
        total: scaled.replicas,
        warnings: managedElsewhere({ labels, annotations }),
      },
    };
  },

  apply(session, plan, { stamp, resourceVersion, dryRun }) {
    const set = record(record(plan.binding)["set"]);
    const body = {
      metadata: {
        uid: plan.object.uid,
        resourceVersion,
        annotations: stamped(stamp),
      },
      spec: { minReplicas: number(set["minReplicas"]), maxReplicas: number(set["maxReplicas"]) },
    };
    return session.patch(refOf(plan.object), "merge", body, { dryRun });
  },

  shows: (object, plan, about) => patched(object, plan.object.uid, about),
};

/** The autoscaler that is meant: the named one, or the only one over the named workload. */
async function scalerOf(
  reader: Session,
  { target }: Autoscale,
): Promise<{ readonly object: KubeObject; readonly name: string } | Unplannable> {
  const { namespace } = target;
  if (target.kind === kind) return { object: (await reader.get(refOf(target))).object, name: target.name };
  const { group, version, resource } = objectKinds[kind];
  const all = await reader.list({ group, version, resource, namespace });
  const over = all.filter((object) => scales(object, target));
  const names = over.map((object) => text(record(object["metadata"])["name"]));
  const [object] = over;
  const [name] = names;
  if (object === undefined || name === undefined)
    return { unplannable: `No autoscaler stands over ${spokenTarget(target)}, and none is made from here.` };
  if (names.length > 1)
    return {
      unplannable: `${names.length} autoscalers stand over ${spokenTarget(target)}: say which, ${names.map((one) => `hpa/${one}`).join(" or ")}.`,
    };
  return { object, name };
}

/** What it scales, as it is. */
async function scaledBy(
  reader: Session,
  namespace: string,
  spoken: string,
  spec: Readonly<Record<string, Json>>,
): Promise<Workload | Unplannable> {
  const ref = record(spec["scaleTargetRef"]);
  const scaled = text(ref["kind"]);
  const name = text(ref["name"]);
  if (scaled !== "Deployment" && scaled !== "StatefulSet")
    return {
      unplannable: `${spoken} scales a ${scaled || "nothing"}, and Countersign knows deployments and statefulsets.`,
    };
  try {
    return viewWorkload((await reader.get(refOf({ kind: scaled, namespace, name }))).object, scaled);
  } catch (fault) {
    if (!(fault instanceof ClusterFault) || fault.code !== "not-found") throw fault;
    return { unplannable: `${spoken} scales ${objectKinds[scaled].short}/${name}, which is not there.` };
  }
}

function moves(replicas: number, { min, max }: { readonly min: number; readonly max: number }): string {
  if (replicas === 0) return "an autoscaler leaves a workload of none alone";
  if (replicas < min) return `${podsInWords(min - replicas, ["is", "are"])} added`;
  return replicas > max
    ? `${podsInWords(replicas - max, ["is", "are"])} removed`
    : "none is added or removed by this alone";
}
