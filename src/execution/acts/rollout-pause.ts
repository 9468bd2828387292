import { canonical, sha256 } from "../../audit/canonical.ts";
import type { RolloutPause, RolloutResume } from "../../operation/catalogue/workloads.ts";
import type { Act, Following } from "../act.ts";
import { patched, refOf } from "../objects/planned-object.ts";
import { stamped } from "../objects/stamp.ts";
import { liveViewOf } from "../objects/surroundings.ts";
import { followRollout } from "../objects/watch-rollout.ts";
import { plannedWorkload, viewWorkload, type Workload } from "../objects/workload.ts";

/** Holds the rollouts of a workload by `spec.paused`, as `kubectl rollout pause` does. */
export const rolloutPause: Act<RolloutPause> = setPaused(true, () => ({
  effect: "A rollout under way stops where it is, and whatever is changed from now on waits until somebody resumes it.",
  binding: {},
}));

/** Lets it roll again, as `kubectl rollout resume` does, and watches what was held up. */
export const rolloutResume: Act<RolloutResume> = {
  ...setPaused(false, ({ replicas, template }) => ({
    effect: `What was changed while it was paused rolls out now, over up to ${replicas} pods; without such a change nothing moves.`,
    // To resume is to roll out the template as it is: another template is another thing to approve.
    binding: { template: sha256(canonical(template)) },
  })),
  follow: (at: Following) =>
    followRollout(at, ({ updated, wanted, available }) => `${updated} of ${wanted} pods new, ${available} available`),
};

function setPaused<O extends RolloutPause | RolloutResume>(
  paused: boolean,
  meaning: (deployment: Workload) => { readonly effect: string; readonly binding: Readonly<Record<string, string>> },
): Act<O> {
  return {
    async plan(reader, operation, now) {
      const { target } = operation;
      const deployment = viewWorkload((await reader.get(refOf(target))).object, target.kind);
      if (deployment.paused === paused)
        return { unplannable: `deploy/${target.name} is ${paused ? "paused already" : "not paused"}.` };
      const { effect, binding } = meaning(deployment);
      return {
        operation,
        object: plannedWorkload(target, deployment),
        changes: [{ field: "spec.paused", from: String(deployment.paused), to: String(paused) }],
        binding: { paused: deployment.paused, ...binding },
        effects: [effect],
        facts: { replicas: deployment.replicas, labels: deployment.labels },
        live: await liveViewOf(reader, target, deployment, now),
      };
    },

    apply(session, plan, { stamp, resourceVersion, dryRun }) {
      const annotations = stamped(stamp);
      const body = { metadata: { uid: plan.object.uid, resourceVersion, annotations }, spec: { paused } };
      return session.patch(refOf(plan.object), "merge", body, { dryRun });
    },

    shows: (object, plan, about) => patched(object, plan.object.uid, about),
  };
}
