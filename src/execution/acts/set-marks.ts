import type { SetAnnotations, SetLabels } from "../../operation/catalogue/fields.ts";
import { apiVersionOf } from "../../operation/object-kind.ts";
import { spokenTarget } from "../../operation/target.ts";
import type { KubeObject } from "../../ports/cluster.ts";
import type { Act } from "../act.ts";
import { list, number, record, text, texts } from "../objects/fields.ts";
import { patched, refOf, uidOf } from "../objects/planned-object.ts";
import { stamped } from "../objects/stamp.ts";
import { managedElsewhere } from "../objects/surroundings.ts";

/** Labels of the object itself, as `kubectl label` sets them; what it is selected by is never among them. */
export const setLabels: Act<SetLabels> = marking(
  "labels",
  "Whatever selects objects by these labels sees another set of them.",
);

/** Annotations of the object itself, as `kubectl annotate` sets them. */
export const setAnnotations: Act<SetAnnotations> = marking(
  "annotations",
  "Whatever reads these annotations, such as a controller, may act on it.",
);

function marking<O extends SetLabels | SetAnnotations>(where: "labels" | "annotations", effect: string): Act<O> {
  return {
    async plan(reader, operation, now) {
      const { target, marks } = operation;
      const object = (await reader.get(refOf(target))).object;
      const metadata = record(object["metadata"]);
      const standing = texts(metadata[where]);
      const selected = selectorKeys(object);
      const used = where === "labels" ? Object.keys(marks).find((key) => selected.includes(key)) : undefined;
      if (used !== undefined)
        return { unplannable: `${spokenTarget(target)} selects its pods by ${used}: that is never set from here.` };
      const before = (key: string) => (Object.hasOwn(standing, key) ? standing[key] : undefined);
      const moved = Object.entries(marks).filter(([key, value]) => (before(key) ?? null) !== value);
      if (moved.length === 0) return { unplannable: `The ${where} of ${spokenTarget(target)} are so already.` };
      return {
        operation,
        object: { apiVersion: apiVersionOf(target.kind), ...target, uid: uidOf(object) },
        changes: moved.map(([key, value]) => ({
          field: `metadata.${where}["${key}"]`,
          from: before(key) ?? "not set",
          to: value ?? "taken away",
        })),
        binding: Object.fromEntries(Object.keys(marks).map((key) => [key, before(key) ?? null])),
        effects: ["Only the object itself is marked: none of its pods changes.", effect],
        facts: { replicas: 0, labels: texts(metadata["labels"]) },
        live: {
          readAt: now,
          resourceVersion: text(metadata["resourceVersion"]),
          generation: number(metadata["generation"]),
          ready: 0,
          total: 0,
          warnings: managedElsewhere({
            labels: texts(metadata["labels"]),
            annotations: texts(metadata["annotations"]),
          }),
        },
      };
    },

    apply(session, plan, { stamp, resourceVersion, dryRun }) {
      const marks = "marks" in plan.operation ? plan.operation.marks : {};
      const stamps = stamped(stamp);
      const metadata = {
        uid: plan.object.uid,
        resourceVersion,
        annotations: where === "annotations" ? { ...marks, ...stamps } : stamps,
        ...(where === "labels" ? { labels: marks } : {}),
      };
      return session.patch(refOf(plan.object), "merge", { metadata }, { dryRun });
    },

    // A mark moves no generation, so that where our own is gone it cannot be said that nothing was done.
    shows: (object, plan, about) => (patched(object, plan.object.uid, about) === "done" ? "done" : "unclear"),
  };
}

/** The keys by which the object finds its pods: of a workload's selector, or of a Service's, which is a plain map. */
function selectorKeys(object: KubeObject): readonly string[] {
  const selector = record(record(object["spec"])["selector"]);
  return [
    ...Object.keys(texts(selector)),
    ...Object.keys(texts(selector["matchLabels"])),
    ...list(selector["matchExpressions"]).map((one) => text(record(one)["key"])),
  ];
}
