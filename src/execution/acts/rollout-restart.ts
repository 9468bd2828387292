import { canonical, sha256 } from "../../audit/canonical.ts";
import type { RolloutRestart } from "../../operation/catalogue/workloads.ts";
import { spokenTarget } from "../../operation/target.ts";
import type { Act } from "../act.ts";
import { patched, refOf } from "../objects/planned-object.ts";
import { heldBack, replacementInWords, whyHeld } from "../objects/replacement.ts";
import { stamped } from "../objects/stamp.ts";
import { liveViewOf } from "../objects/surroundings.ts";
import { followRollout } from "../objects/watch-rollout.ts";
import { plannedWorkload, restartedAtAnnotation, viewWorkload } from "../objects/workload.ts";

/** Restarts as `kubectl rollout restart` does: by an annotation on the pod template, here the time of the grant. */
export const rolloutRestart: Act<RolloutRestart> = {
  async plan(reader, operation, now) {
    const { target } = operation;
    const workload = viewWorkload((await reader.get(refOf(target))).object, target.kind);
    const { replicas } = workload;
    const spoken = spokenTarget(target);
    if (workload.paused) return { unplannable: `${spoken} is paused: a restart would wait until somebody resumes it.` };
    if (replicas > 0 && heldBack(workload) === replicas)
      return { unplannable: `A restart of ${spoken} would replace no pod: ${whyHeld(workload)}.` };
    return {
      operation,
      object: plannedWorkload(target, workload),
      changes: [
        {
          field: `spec.template.metadata.annotations["${restartedAtAnnotation}"]`,
          from: workload.restartedAt ?? "never restarted",
          to: "the time of the grant",
        },
      ],
      // The template may hold values nobody should copy into records; its digest binds it just as well.
      binding: { template: sha256(canonical(workload.template)) },
      effects: [replacementInWords(workload)],
      facts: { replicas, labels: workload.labels },
      live: await liveViewOf(reader, target, workload, now),
    };
  },

  apply(session, plan, { stamp, resourceVersion, dryRun }) {
    const body = {
      metadata: {
        uid: plan.object.uid,
        resourceVersion,
        annotations: stamped(stamp),
      },
      spec: { template: { metadata: { annotations: { [restartedAtAnnotation]: new Date(stamp.at).toISOString() } } } },
    };
    return session.patch(refOf(plan.object), "merge", body, { dryRun });
  },

  shows: (object, plan, about) => patched(object, plan.object.uid, about),
  follow: (at) =>
    followRollout(
      at,
      ({ updated, wanted, available }) => `${updated} of ${wanted} pods replaced, ${available} available`,
    ),
};
