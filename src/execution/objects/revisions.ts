import type { WorkloadKind } from "../../operation/catalogue/workloads.ts";
import type { Json } from "../../operation/plan.ts";
import type { Target } from "../../operation/target.ts";
import type { KubeObject, Session } from "../../ports/cluster.ts";
import { number, record, text, texts } from "./fields.ts";
import { ownerOf } from "./owner.ts";
import { uidOf } from "./planned-object.ts";

/** A template that a workload has had, and the object that keeps it. */
export interface Revision {
  readonly number: number;
  /** When it was made, as the API writes times. */
  readonly made: Json;
  /** What people wrote into the annotation `kubernetes.io/change-cause`. */
  readonly cause: string;
  /** As {@link plainTemplate} makes it. */
  readonly template: Json;
  readonly source: RevisionSource;
}

export interface RevisionSource {
  readonly resource: "replicasets" | "controllerrevisions";
  readonly name: string;
}

const revisionAnnotation = "deployment.kubernetes.io/revision";
/** What the controller adds to the template of each ReplicaSet. */
const hashLabel = "pod-template-hash";

/** The revisions of a workload that the cluster still has, newest first: the newest is the one it is to have now. */
export async function revisionsOf(
  reader: Session,
  { kind, namespace }: Target<WorkloadKind>,
  workload: KubeObject,
): Promise<readonly Revision[]> {
  const resource = kind === "Deployment" ? "replicasets" : "controllerrevisions";
  const labels = texts(record(record(workload["spec"])["selector"])["matchLabels"]);
  const found = await reader.list({ group: "apps", version: "v1", resource, namespace }, { labels });
  return found
    .filter((object) => ownerOf(object)?.uid === uidOf(workload))
    .map((object) => revisionIn(object, resource))
    .filter((revision) => revision.number > 0)
    .toSorted((a, b) => b.number - a.number);
}

function revisionIn(object: KubeObject, resource: RevisionSource["resource"]): Revision {
  const metadata = record(object["metadata"]);
  return {
    number: numberOf(object, resource),
    made: metadata["creationTimestamp"] ?? null,
    cause: texts(metadata["annotations"])["kubernetes.io/change-cause"] ?? "",
    template: templateIn(object, resource),
    source: { resource, name: text(metadata["name"]) },
  };
}

/** The template that this object keeps now. */
export async function keptTemplate(
  session: Session,
  namespace: string,
  { resource, name }: RevisionSource,
): Promise<Json> {
  const { object } = await session.get({ group: "apps", version: "v1", resource, namespace, name });
  return templateIn(object, resource);
}

/** A template without what controllers and the server add to it, so that equal ones compare as equal. */
export function plainTemplate(template: Json): Json {
  const { metadata, ...rest } = record(template);
  const { creationTimestamp: _, labels, ...named } = record(metadata);
  const { [hashLabel]: __, ...others } = record(labels);
  return { ...rest, metadata: { ...named, ...(Object.keys(others).length > 0 ? { labels: others } : {}) } };
}

function numberOf(object: KubeObject, resource: RevisionSource["resource"]): number {
  if (resource === "controllerrevisions") return number(object["revision"]);
  const written = texts(record(object["metadata"])["annotations"])[revisionAnnotation] ?? "";
  return /^[1-9]\d{0,8}$/.test(written) ? Number(written) : 0;
}

function templateIn(object: KubeObject, resource: RevisionSource["resource"]): Json {
  const holder = resource === "replicasets" ? object : record(object["data"]);
  // A ControllerRevision keeps it as a patch that replaces the whole.
  const { $patch: _, ...template } = record(record(holder["spec"])["template"]);
  return plainTemplate(template);
}
