import type { Events } from "../../operation/catalogue/reads.ts";
import { objectKinds } from "../../operation/object-kind.ts";
import type { KubeObject } from "../../ports/cluster.ts";
import { number, record, text } from "../objects/fields.ts";
import type { Reader } from "./reader.ts";
import { age, table } from "./table.ts";

/** Events of a namespace, or of one object, the newest first. A cluster forgets them, usually after an hour. */
export const readEvents: Reader<Events> = async (session, { namespace, about }, now) => {
  const ref = { group: "", version: "v1", resource: "events", namespace };
  const fields = about && { "involvedObject.kind": about.kind, "involvedObject.name": about.name };
  const events = await session.list(ref, fields ? { fields } : {});
  if (events.length > 0)
    return { answer: table([head, ...events.toSorted(newestFirst).map((event) => rowOf(event, now))]) };
  const whose = about ? ` of the ${objectKinds[about.kind].noun} ${about.name}` : "";
  return { answer: `No events${whose} in the namespace ${namespace}; the cluster forgets them after a while.` };
};

// The columns of `kubectl events`, which says a repeated event once.
const head = ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"];

function rowOf(event: KubeObject, now: number): readonly string[] {
  const { kind, name } = record(event["involvedObject"]);
  return [
    seenOf(event, now),
    text(event["type"]),
    text(event["reason"]),
    `${text(kind).toLowerCase()}/${text(name)}`,
    text(event["message"]).replace(/\s+/g, " "),
  ];
}

/** `5m`, or `5m (x12)` of what happened twelve times. */
export function seenOf(event: KubeObject, now: number): string {
  const times = Math.max(number(event["count"]), number(record(event["series"])["count"]));
  return `${age(lastSeen(event), now)}${times > 1 ? ` (x${times})` : ""}`;
}

export function newestFirst(one: KubeObject, other: KubeObject): number {
  return (Date.parse(lastSeen(other)) || 0) - (Date.parse(lastSeen(one)) || 0);
}

/** Events of either API: `events.k8s.io` writes a series and one time, the older one first and last. */
function lastSeen(event: KubeObject): string {
  return (
    text(record(event["series"])["lastObservedTime"]) ||
    text(event["lastTimestamp"]) ||
    text(event["eventTime"]) ||
    text(record(event["metadata"])["creationTimestamp"])
  );
}
