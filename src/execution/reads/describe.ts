import { readableOf } from "../../operation/catalogue/readable.ts";
import type { Describe } from "../../operation/catalogue/reads.ts";
import { objectKinds } from "../../operation/object-kind.ts";
import type { AnyTarget } from "../../operation/target.ts";
import { ClusterFault, type KubeObject, type Session } from "../../ports/cluster.ts";
import { list, record, text, texts } from "../objects/fields.ts";
import { ownerOf } from "../objects/owner.ts";
import { digests } from "./digests.ts";
import { newestFirst, seenOf } from "./events.ts";
import type { Reader } from "./reader.ts";
import { age } from "./table.ts";

/** More than these say nothing more of why it is as it is. */
const shownEvents = 10;
const shownLabels = 20;

/**
 * What helps to see why an object is as it is, in lines: its state, its parts, its conditions, its last events. Never
 * the environment or the arguments of a container, never an annotation, never what is in a ConfigMap.
 */
export const readDescribe: Reader<Describe> = async (session, { target }, now) => {
  const kind = readableOf(objectKinds[target.kind].resource);
  if (kind === undefined) throw new Error(`${target.kind} cannot be read`);
  const { group, version, resource } = objectKinds[kind];
  const place = target.namespace === undefined ? {} : { namespace: target.namespace };
  const { object } = await session.get({ group, version, resource, ...place, name: target.name });
  const lines = [
    ...headOf(object, target, now),
    ...digests[kind](object, now),
    ...conditionsOf(object, now),
    ...(await eventsOf(session, target, now)),
  ];
  return { answer: lines.join("\n") };
};

function headOf(object: KubeObject, { kind, namespace, name }: AnyTarget, now: number): readonly string[] {
  const metadata = record(object["metadata"]);
  const labels = Object.entries(texts(metadata["labels"])).map(([key, value]) => `${key}=${value}`);
  const more = labels.length - shownLabels;
  const owner = ownerOf(object);
  const where = namespace === undefined ? "" : ` in ${namespace}`;
  return [
    `${kind} ${name}${where}, ${age(metadata["creationTimestamp"], now)} old`,
    ...(metadata["deletionTimestamp"] ? [`Being deleted since ${age(metadata["deletionTimestamp"], now)}`] : []),
    ...(owner ? [`Owner: ${owner.kind} ${owner.name}`] : []),
    ...(labels.length > 0
      ? [`Labels: ${labels.slice(0, shownLabels).join(", ")}${more > 0 ? `, and ${more} more` : ""}`]
      : []),
  ];
}

function conditionsOf(object: KubeObject, now: number): readonly string[] {
  const conditions = list(record(object["status"])["conditions"]).map(record);
  if (conditions.length === 0) return [];
  return [
    "Conditions:",
    ...conditions.map((one) => {
      const since = one["lastTransitionTime"] ? ` for ${age(one["lastTransitionTime"], now)}` : "";
      const why = [text(one["reason"]), text(one["message"]).replace(/\s+/g, " ")].filter((part) => part !== "");
      return `  ${text(one["type"])} is ${text(one["status"])}${since}${why.length > 0 ? `: ${why.join(", ")}` : ""}`;
    }),
  ];
}

async function eventsOf(session: Session, target: AnyTarget, now: number): Promise<readonly string[]> {
  const { kind, name } = target;
  const namespace: string = target.namespace ?? "default";
  const ref = { group: "", version: "v1", resource: "events", namespace };
  try {
    const fields = { "involvedObject.kind": kind, "involvedObject.name": name };
    const events = (await session.list(ref, { fields })).toSorted(newestFirst);
    if (events.length === 0) return ["Events: none that the cluster remembers"];
    const cut = events.length > shownEvents ? [`  and ${events.length - shownEvents} older ones`] : [];
    return ["Events:", ...events.slice(0, shownEvents).map((event) => eventLine(event, now)), ...cut];
  } catch (fault) {
    // What is not known is said to be, and hides nothing of the rest. A node's events stand in the namespace default.
    if (!(fault instanceof ClusterFault)) throw fault;
    const why = fault.code === "forbidden" ? `may not be read in the namespace ${namespace}` : fault.says;
    return [`Events: unknown, ${why}`];
  }
}

function eventLine(event: KubeObject, now: number): string {
  const message = text(event["message"]).replace(/\s+/g, " ");
  return `  ${seenOf(event, now)} ago ${text(event["type"])} ${text(event["reason"])}: ${message}`;
}
