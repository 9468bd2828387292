import { canonical, sha256 } from "../../audit/canonical.ts";
import { keptByUndo, type RolloutUndo } from "../../operation/catalogue/revisions.ts";
import type { Json } from "../../operation/plan.ts";
import { spokenTarget } from "../../operation/target.ts";
import { ClusterFault, type Session } from "../../ports/cluster.ts";
import type { Act, ChangePlan } from "../act.ts";
import { record, text } from "../objects/fields.ts";
import { patched, refOf } from "../objects/planned-object.ts";
import { replacementInWords } from "../objects/replacement.ts";
import { keptTemplate, plainTemplate, type RevisionSource, revisionsOf } from "../objects/revisions.ts";
import { stamped } from "../objects/stamp.ts";
import { liveViewOf } from "../objects/surroundings.ts";
import { templateDifferences } from "../objects/template-differences.ts";
import { followRollout } from "../objects/watch-rollout.ts";
import { plannedWorkload, viewWorkload } from "../objects/workload.ts";

/**
 * Sets the template of an earlier revision again, as `kubectl rollout undo` does. Both templates are bound by their
 * digests: the one that is replaced, and the one that is set, which is read from the cluster and checked before it is.
 */
export const rolloutUndo: Act<RolloutUndo> = {
  async plan(reader, operation, now) {
    const { target, toRevision } = operation;
    const { object } = await reader.get(refOf(target));
    const workload = viewWorkload(object, target.kind);
    const spoken = spokenTarget(target);
    if (workload.paused) return { unplannable: `${spoken} is paused: an undo would wait until somebody resumes it.` };
    const revisions = await revisionsOf(reader, target, object);
    const [newest, before] = revisions;
    const back = toRevision === undefined ? before : revisions.find(({ number }) => number === toRevision);
    if (!newest || !back)
      return {
        unplannable:
          toRevision === undefined
            ? `${spoken} has no revision before the one it has.`
            : `${spoken} has no revision ${toRevision}; it has ${revisions.map(({ number }) => number).join(", ") || "none"}.`,
      };
    const current = plainTemplate(workload.template);
    if (canonical(current) === canonical(back.template))
      return { unplannable: `${spoken} has the template of revision ${back.number} already.` };
    const widened = keptByUndo.find((field) => differs(field, current, back.template));
    if (widened)
      return {
        unplannable: `Revision ${back.number} of ${spoken} has another ${widened}: who its pods are, and what of their node they share, is not undone from here.`,
      };
    return {
      operation,
      object: plannedWorkload(target, workload),
      changes: [
        { field: "revision", from: String(newest.number), to: `${back.number} again, as the newest` },
        ...templateDifferences(current, back.template, `revision ${back.number}`),
      ],
      binding: {
        template: sha256(canonical(workload.template)),
        back: sha256(canonical(back.template)),
        source: { ...back.source },
      },
      effects: [replacementInWords(workload)],
      facts: { replicas: workload.replicas, labels: workload.labels },
      live: await liveViewOf(reader, target, workload, now),
    };
  },

  async apply(session, plan, { stamp, resourceVersion, dryRun }) {
    const template = await approvedTemplate(session, plan);
    const body = {
      metadata: {
        uid: plan.object.uid,
        resourceVersion,
        annotations: stamped(stamp),
      },
      spec: { template: { $patch: "replace", ...record(template) } },
    };
    return session.patch(refOf(plan.object), "strategic", body, { dryRun });
  },

  shows: (object, plan, about) => patched(object, plan.object.uid, about),
  follow: (at) =>
    followRollout(
      at,
      ({ updated, wanted, available }) => `${updated} of ${wanted} pods rolled back, ${available} available`,
    ),
};

/** What was approved to be set; throws `not-sent` where the cluster keeps something else there by now. */
async function approvedTemplate(session: Session, { object, binding }: ChangePlan): Promise<Json> {
  const { source, back } = record(binding);
  const { resource, name } = record(source);
  const from: RevisionSource = {
    resource: resource === "replicasets" ? "replicasets" : "controllerrevisions",
    name: text(name),
  };
  const template = await keptTemplate(session, object.namespace ?? "", from);
  if (sha256(canonical(template)) !== back)
    throw new ClusterFault("not-sent", "the revision keeps another template than the one that was approved");
  return template;
}

function differs(field: string, a: Json, b: Json): boolean {
  const of = (template: Json) => canonical(record(record(template)["spec"])[field] ?? null);
  return of(a) !== of(b);
}
