import type { KubeObject, Session } from "../../cluster-port.ts";
import type { RolloutHistory } from "../../operation/catalogue/rollouts.ts";
import { objectKinds } from "../../operation/object-kind.ts";
import type { Json } from "../../operation/plan.ts";
import { list, number, record, text, texts } from "../objects/fields.ts";
import type { Reader } from "./reader.ts";
import { age, table } from "./table.ts";

/** The revisions of a workload, the newest first: of a Deployment in ReplicaSets, of others in ControllerRevisions. */
export const readRolloutHistory: Reader<RolloutHistory> = async (session, { target }, now) => {
  const { group, version, resource, noun } = objectKinds[target.kind];
  const { namespace, name } = target;
  const { object } = await session.get({ group, version, resource, namespace, name });
  const kept = target.kind === "Deployment" ? "replicasets" : "controllerrevisions";
  const revisions = (await ownedIn(session, object, { group, version, resource: kept, namespace }))
    .map((one) => (kept === "replicasets" ? ofReplicaSet(one) : ofControllerRevision(one)))
    .toSorted((one, other) => other.revision - one.revision);
  if (revisions.length === 0) return { answer: `No revision of the ${noun} ${name} is kept.` };
  const rows = revisions.map(({ revision, made, images, cause }) => [
    String(revision),
    age(made, now),
    images.join(",") || "<none>",
    cause || "<none>",
  ]);
  return { answer: table([["REVISION", "AGE", "IMAGES", "CHANGE-CAUSE"], ...rows]) };
};

interface Revision {
  readonly revision: number;
  readonly made: Json;
  readonly images: readonly string[];
  /** What people wrote into the annotation `kubernetes.io/change-cause`. */
  readonly cause: string;
}

async function ownedIn(
  session: Session,
  owner: KubeObject,
  ref: Parameters<Session["list"]>[0],
): Promise<readonly KubeObject[]> {
  const { uid } = record(owner["metadata"]);
  const labels = texts(record(record(owner["spec"])["selector"])["matchLabels"]);
  const found = await session.list(ref, Object.keys(labels).length > 0 ? { labels } : {});
  return found.filter((object) =>
    list(record(object["metadata"])["ownerReferences"]).some((one) => record(one)["uid"] === uid),
  );
}

function ofReplicaSet(set: KubeObject): Revision {
  const revision = Number(texts(record(set["metadata"])["annotations"])["deployment.kubernetes.io/revision"]);
  return { revision: Number.isSafeInteger(revision) ? revision : 0, ...about(set, record(set["spec"])["template"]) };
}

function ofControllerRevision(object: KubeObject): Revision {
  const template = record(record(object["data"])["spec"])["template"];
  return { revision: number(object["revision"]), ...about(object, template) };
}

function about(object: KubeObject, template: Json | undefined): Omit<Revision, "revision"> {
  const metadata = record(object["metadata"]);
  const containers = list(record(record(template)["spec"])["containers"]).map(record);
  return {
    made: metadata["creationTimestamp"] ?? null,
    images: containers.map(({ image }) => text(image)),
    cause: text(record(metadata["annotations"])["kubernetes.io/change-cause"]).replace(/\s+/g, " "),
  };
}
