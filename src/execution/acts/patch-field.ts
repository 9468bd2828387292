import type { PatchField } from "../../operation/catalogue/fields.ts";
import { spokenTarget } from "../../operation/target.ts";
import type { Act } from "../act.ts";
import { record } from "../objects/fields.ts";
import { patched, refOf } from "../objects/planned-object.ts";
import { stamped } from "../objects/stamp.ts";
import { liveViewOf } from "../objects/surroundings.ts";
import { plannedWorkload, viewWorkload } from "../objects/workload.ts";

/** Sets one whole number of a workload's spec, none of which is of the pod template: no pod is replaced. */
export const patchField: Act<PatchField> = {
  async plan(reader, operation, now) {
    const { target, field, value } = operation;
    const object = (await reader.get(refOf(target))).object;
    const workload = viewWorkload(object, target.kind);
    const standing = record(object["spec"])[nameOf(field)] ?? null;
    if (standing === value) return { unplannable: `${field} of ${spokenTarget(target)} is ${value} already.` };
    return {
      operation,
      object: plannedWorkload(target, workload),
      changes: [{ field, from: standing === null ? "not set" : String(standing), to: String(value) }],
      binding: { [field]: standing },
      effects: ["No pod is replaced: it holds from the next rollout on."],
      facts: { replicas: workload.replicas, labels: workload.labels },
      live: await liveViewOf(reader, target, workload, now),
    };
  },

  apply(session, plan, { stamp, resourceVersion, dryRun }) {
    const { field, value } = plan.operation as PatchField;
    const annotations = stamped(stamp);
    const body = {
      metadata: { uid: plan.object.uid, resourceVersion, annotations },
      spec: { [nameOf(field)]: value },
    };
    return session.patch(refOf(plan.object), "merge", body, { dryRun });
  },

  shows: (object, plan, about) => patched(object, plan.object.uid, about),
};

/** `spec.minReadySeconds` -> `minReadySeconds`: all of them stand right below the spec. */
function nameOf(field: string): string {
  return field.replace(/^spec\./, "");
}
