import { canonical, sha256 } from "../audit/canonical.ts";
import type { RolloutRestart } from "../operation/operation.ts";
import type { Act } from "./act.ts";
import {
  deploymentRef,
  digestAnnotation,
  missingAtOnce,
  requestAnnotation,
  restartedAtAnnotation,
  viewDeployment,
} from "./deployment.ts";
import { lastChangeOf, warningsAround } from "./surroundings.ts";

/** Restarts as `kubectl rollout restart` does: by an annotation on the pod template, here the time of the grant. */
export const rolloutRestart: Act<RolloutRestart> = {
  async plan(reader, operation, now) {
    const { target } = operation;
    const deployment = viewDeployment((await reader.get(deploymentRef(target))).object);
    if (deployment.paused)
      return { unplannable: `deploy/${target.name} is paused: a restart would wait until somebody resumes it.` };
    const missing = missingAtOnce(deployment);
    return {
      operation,
      object: {
        apiVersion: "apps/v1",
        kind: "Deployment",
        namespace: target.namespace,
        name: target.name,
        uid: deployment.uid,
      },
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
      live: {
        readAt: now,
        resourceVersion: deployment.resourceVersion,
        ready: deployment.status.ready,
        total: deployment.replicas,
        ...lastChangeOf(deployment),
        warnings: await warningsAround(reader, target, deployment),
      },
    };
  },

  apply(session, plan, { stamp, resourceVersion, dryRun }) {
    const { namespace, name, uid } = plan.object;
    const body = {
      metadata: {
        uid,
        resourceVersion,
        annotations: { [requestAnnotation]: stamp.request, [digestAnnotation]: stamp.digest },
      },
      spec: { template: { metadata: { annotations: { [restartedAtAnnotation]: new Date(stamp.at).toISOString() } } } },
    };
    return session.mergePatch({ group: "apps", version: "v1", resource: "deployments", namespace, name }, body, {
      dryRun,
    });
  },

  applied(object, plan, stamp) {
    const { uid, annotations } = viewDeployment(object);
    return uid === plan.object.uid && annotations[requestAnnotation] === stamp.request;
  },
};
