import { canonical, sha256 } from "../../audit/canonical.ts";
import type { Cascade, DeleteObject } from "../../operation/catalogue/removals.ts";
import { apiVersionOf, objectKinds } from "../../operation/object-kind.ts";
import { spokenTarget } from "../../operation/target.ts";
import type { KubeObject, Removal } from "../../ports/cluster.ts";
import type { Act } from "../act.ts";
import { number, record, text, texts } from "../objects/fields.ts";
import { longestManifest, manifestOf } from "../objects/manifest.ts";
import { type Owner, ownerOf } from "../objects/owner.ts";
import { refOf, uidOf } from "../objects/planned-object.ts";
import { managedElsewhere } from "../objects/surroundings.ts";
import { finalizersOf, followEnd, goneUntold, isEnding } from "../objects/watch-end.ts";
import { whatGoes } from "../objects/what-goes.ts";

const propagation: Readonly<Record<Cascade, NonNullable<Removal["propagation"]>>> = {
  foreground: "Foreground",
  background: "Background",
  orphan: "Orphan",
};

const order: Readonly<Record<Cascade, string>> = {
  foreground: "What it owns goes first, and it goes last",
  background: "It goes at once, and what it owns after it",
  orphan: "What it owns stays behind, owned by nobody",
};

/**
 * Removes one object by its uid, in the very version that was looked at, so that the manifest that is kept of it is the
 * one that was removed.
 */
export const removeObject: Act<DeleteObject> = {
  async plan(reader, operation, now) {
    const { target, cascade } = operation;
    const { noun } = objectKinds[target.kind];
    const object = (await reader.get(refOf(target))).object;
    const no = whyNot(operation, object);
    if (no !== undefined) return { unplannable: no };
    const keep = manifestOf({ ...object, apiVersion: apiVersionOf(target.kind), kind: target.kind });
    if (keep.length > longestManifest)
      return {
        unplannable: `The manifest of ${spokenTarget(target)} has ${keep.length} characters, and at most ${longestManifest} can be kept for restoring it: it is not deleted from here.`,
      };
    const { was, effects, warnings, pods, ready, binding } = await whatGoes(reader, operation, object);
    const metadata = record(object["metadata"]);
    const labels = texts(metadata["labels"]);
    return {
      operation,
      object: { apiVersion: apiVersionOf(target.kind), ...target, uid: uidOf(object) },
      changes: [{ field: `the ${noun}`, from: was, to: "deleted" }],
      binding: { propagation: propagation[cascade], removed: sha256(canonical(binding)) },
      effects: [
        ...effects,
        ...(target.kind === "ConfigMap" ? [] : [`${order[cascade]} (propagation ${propagation[cascade]}).`]),
        "Its manifest is kept; an administrator can print it to restore it.",
      ],
      facts: { replicas: pods, labels },
      live: {
        readAt: now,
        resourceVersion: text(metadata["resourceVersion"]),
        generation: number(metadata["generation"]),
        ready,
        total: pods,
        warnings: [
          ...managedElsewhere({ labels, annotations: texts(metadata["annotations"]) }),
          ...finalizersOf(object).map((name) => `The finalizer ${name} keeps it until somebody takes it away.`),
          ...warnings,
        ],
      },
      keep,
    };
  },

  apply: (session, plan, { resourceVersion, dryRun }) =>
    session.remove(
      refOf(plan.object),
      { uid: plan.object.uid, resourceVersion, propagation: propagation[cascadeOf(plan.operation)] },
      { dryRun },
    ),

  // While the very object stands untouched, a call of ours may still be on its way.
  shows: (object, plan) =>
    object === undefined || uidOf(object) !== plan.object.uid || isEnding(object) ? "done" : "unclear",

  untold: goneUntold,

  follow: followEnd,
};

function cascadeOf(operation: { readonly cascade?: Cascade } | object): Cascade {
  return "cascade" in operation && operation.cascade ? operation.cascade : "background";
}

function whyNot({ target }: DeleteObject, object: KubeObject): string | undefined {
  if (isEnding(object)) {
    const held = finalizersOf(object).join(" and ");
    return `${spokenTarget(target)} is being deleted already${held === "" ? "" : `, and waits for ${held}`}.`;
  }
  const owner = ownerOf(object);
  if (owner === null || makesNoMore(owner)) return undefined;
  return `${owner.kind} ${owner.name} owns ${spokenTarget(target)} and would make it anew: change ${owner.kind} ${owner.name} instead.`;
}

/** A CronJob makes Jobs by its schedule, and none in the place of one that is gone. */
function makesNoMore({ kind }: Owner): boolean {
  return kind === "CronJob";
}
