import type { Scale } from "../operation/catalogue/workloads.ts";
import type { Act } from "./act.ts";
import { plannedDeployment, viewDeployment } from "./deployment.ts";
import { patched, refOf } from "./planned-object.ts";
import { liveViewOf } from "./surroundings.ts";
import { followRollout } from "./watch-rollout.ts";

/** Sets the replicas through the scale subresource, which is all that the account may write. */
export const scale: Act<Scale> = {
  async plan(reader, operation, now) {
    const { target, replicas: to } = operation;
    const deployment = viewDeployment((await reader.get(refOf(target))).object);
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
    const body = {
      metadata: { uid: plan.object.uid, resourceVersion },
      spec: { replicas: Number(plan.changes[0]?.to) },
    };
    return session.patch({ ...refOf(plan.object), subresource: "scale" }, "merge", body, { dryRun });
  },

  shows: (object, plan, about) => patched(object, plan.object.uid, about),
  // To scale replaces nothing: of what it adds or takes away, only the count is news.
  follow: (at) => followRollout(at, ({ available, wanted }) => `${available} pods available, ${wanted} wanted`),
};
