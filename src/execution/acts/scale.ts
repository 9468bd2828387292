import type { Scale } from "../../operation/catalogue/workloads.ts";
import { spokenTarget } from "../../operation/target.ts";
import type { Act } from "../act.ts";
import { patched, refOf } from "../objects/planned-object.ts";
import { podsInWords } from "../objects/pod.ts";
import { liveViewOf } from "../objects/surroundings.ts";
import { followScale } from "../objects/watch-rollout.ts";
import { plannedWorkload, viewWorkload } from "../objects/workload.ts";

/** Sets the replicas through the scale subresource, which is all that the account may write. */
export const scale: Act<Scale> = {
  async plan(reader, operation, now) {
    const { target, replicas: to } = operation;
    const workload = viewWorkload((await reader.get(refOf(target))).object, target.kind);
    const from = workload.replicas;
    if (from === to) return { unplannable: `${spokenTarget(target)} has ${to} replicas already.` };
    const by = Math.abs(to - from);
    return {
      operation,
      object: plannedWorkload(target, workload),
      changes: [{ field: "spec.replicas", from: String(from), to: String(to) }],
      binding: { replicas: from },
      effects: [
        to === 0
          ? `All ${from} pods are removed: the workload stops serving.`
          : `${podsInWords(by, ["is", "are"])} ${to > from ? "added" : "removed"}.`,
      ],
      facts: { replicas: Math.max(from, to), labels: workload.labels },
      live: await liveViewOf(reader, target, workload, now),
    };
  },

  apply(session, plan, { resourceVersion, dryRun }) {
    const body = {
      metadata: { uid: plan.object.uid, resourceVersion },
      spec: { replicas: Number(plan.changes[0]?.to) },
    };
    return session.patch({ ...refOf(plan.object), subresource: "scale" }, "merge", body, { dryRun });
  },

  shows: (object, plan, about) => patched(object, plan.object.uid, about),
  follow: followScale,
};
