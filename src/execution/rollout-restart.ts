import { canonical, sha256 } from "../audit/canonical.ts";
import type { RolloutRestart } from "../operation/catalogue/workloads.ts";
import type { Act } from "./act.ts";
import {
  digestAnnotation,
  missingAtOnce,
  plannedDeployment,
  requestAnnotation,
  restartedAtAnnotation,
  viewDeployment,
} from "./deployment.ts";
import { patched, refOf } from "./planned-object.ts";
import { liveViewOf } from "./surroundings.ts";
import { followRollout } from "./watch-rollout.ts";

/** Restarts as `kubectl rollout restart` does: by an annotation on the pod template, here the time of the grant. */
export const rolloutRestart: Act<RolloutRestart> = {
  async plan(reader, operation, now) {
    const { target } = operation;
    const deployment = viewDeployment((await reader.get(refOf(target))).object);
    if (deployment.paused)
      return { unplannable: `deploy/${target.name} is paused: a restart would wait until somebody resumes it.` };
    const missing = missingAtOnce(deployment);
    return {
      operation,
      object: plannedDeployment(target, deployment),
      changes: [
        {
          field: `spec.template.metadata.annotations["${restartedAtAnnotation}"]`,
          from: deployment.restartedAt ?? "never restarted",
          to: "the time of the grant",
        },
      ],
      // The template may hold values nobody should copy into records; its digest binds it just as well.
      binding: { template: sha256(canonical(deployment.template)) },
      effects: [
        deployment.replicas === 0
          ? "It has no pods: nothing will be replaced."
          : `All ${deployment.replicas} pods are replaced, ${missing === 0 ? "none of them missing at any time" : `at most ${missing} missing at once`}.`,
      ],
      facts: { replicas: deployment.replicas, labels: deployment.labels },
      live: await liveViewOf(reader, target, deployment, now),
    };
  },

  apply(session, plan, { stamp, resourceVersion, dryRun }) {
    const body = {
      metadata: {
        uid: plan.object.uid,
        resourceVersion,
        annotations: { [requestAnnotation]: stamp.request, [digestAnnotation]: stamp.digest },
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
