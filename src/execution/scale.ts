import type { Scale } from "../operation/operation.ts";
import type { Act } from "./act.ts";
import { deploymentRef, plannedDeployment, viewDeployment } from "./deployment.ts";
import { liveViewOf } from "./surroundings.ts";

/** The field manager our transport writes as. */
const manager = "countersign";

/** Sets the replicas through the scale subresource, which is all that the account may write. */
export const scale: Act<Scale> = {
  async plan(reader, operation, now) {
    const { target, replicas: to } = operation;
    const deployment = viewDeployment((await reader.get(deploymentRef(target))).object);
    const from = deployment.replicas;
    if (from === to) return { unplannable: `deploy/${target.name} has ${to} replicas already.` };
    const by = Math.abs(to - from);
    return {
      operation,
      object: plannedDeployment(target, deployment),
      changes: [{ field: "spec.replicas", from: String(from), to: String(to) }],
      binding: { replicas: from },
      effects: [
        to === 0
          ? `All ${from} pods are removed: the workload stops serving.`
          : `${by} ${by === 1 ? "pod is" : "pods are"} ${to > from ? "added" : "removed"}.`,
      ],
      facts: { replicas: Math.max(from, to), labels: deployment.labels },
      live: await liveViewOf(reader, target, deployment, now),
    };
  },

  apply(session, plan, { resourceVersion, dryRun }) {
    const { namespace, name, uid } = plan.object;
    const body = { metadata: { uid, resourceVersion }, spec: { replicas: Number(plan.changes[0]?.to) } };
    return session.mergePatch(
      { group: "apps", version: "v1", resource: "deployments", subresource: "scale", namespace, name },
      body,
      { dryRun },
    );
  },

  applied(object, plan) {
    const { uid, replicas, managers } = viewDeployment(object);
    const ours = managers.some((entry) => entry.manager === manager && entry.subresource === "scale");
    return uid === plan.object.uid && replicas === Number(plan.changes[0]?.to) && ours;
  },
};
