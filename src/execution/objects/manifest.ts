import type { Json } from "../../operation/plan.ts";
import type { KubeObject } from "../../ports/cluster.ts";
import { record } from "./fields.ts";

/** The longest manifest that is kept, in characters: the record of a request is read and written whole. */
export const longestManifest = 256 * 1024;

/** What the server writes by itself, and would not take from anybody. */
const serversOwn = [
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "managedFields",
  "selfLink",
];
/** What a Job's pods are known by; a new Job gets its own. */
const jobLabels = ["controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"];

/** An object as JSON that `kubectl apply -f` takes to make it anew: without its status and what the server writes. */
export function manifestOf(object: KubeObject): string {
  const { status: _, metadata, ...rest } = object;
  const clean = { ...rest, metadata: without(record(metadata), serversOwn) };
  return `${JSON.stringify(object["kind"] === "Job" ? jobAnew(clean) : clean, undefined, 2)}\n`;
}

/** A Job's own selector holds its uid, and is refused from anybody else unless they say that they mean it. */
function jobAnew(job: KubeObject): KubeObject {
  const spec = record(job["spec"]);
  if (spec["manualSelector"] === true) return job;
  const template = record(spec["template"]);
  return {
    ...job,
    metadata: unlabelled(record(job["metadata"])),
    spec: {
      ...without(spec, ["selector"]),
      template: { ...template, metadata: unlabelled(record(template["metadata"])) },
    },
  };
}

function unlabelled(metadata: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  return metadata["labels"] === undefined
    ? metadata
    : { ...metadata, labels: without(record(metadata["labels"]), jobLabels) };
}

function without(fields: Readonly<Record<string, Json>>, names: readonly string[]): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
