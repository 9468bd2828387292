import { ClusterFault, type KubeObject, type ObjectRef, type Session } from "../cluster-port.ts";
import type { Get } from "../operation/catalogue/reads.ts";
import { viewDeployment } from "./deployment.ts";
import { list, number, record, text } from "./fields.ts";

/** What a read came back with: a plain table, or in one sentence why not. */
export type Answer = { readonly answer: string } | { readonly failed: string };

/** Performs a read with the reader's account. Nothing of it goes into the audit trail but that it was asked. */
export async function read(session: Session, operation: Get, now: number): Promise<Answer> {
  const { namespace, name, resource } = operation;
  const ref: ObjectRef = { group: resource === "pods" ? "" : "apps", version: "v1", resource, namespace };
  try {
    const objects = name === undefined ? await session.list(ref) : [(await session.get({ ...ref, name })).object];
    if (objects.length === 0) return { answer: `No ${resource} in the namespace ${namespace}.` };
    const rows = objects.map((object) => (resource === "pods" ? podRow(object, now) : deploymentRow(object, now)));
    return { answer: table([resource === "pods" ? podHead : deploymentHead, ...rows]) };
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    if (fault.code === "not-found")
      return { failed: `There is no ${resource.slice(0, -1)} ${name} in the namespace ${namespace}.` };
    if (fault.code === "forbidden")
      return { failed: `Countersign may not read ${resource} in the namespace ${namespace}.` };
    return { failed: `The cluster did not answer as it should: ${fault.says}` };
  }
}

// The columns of `kubectl get`.
const podHead = ["NAME", "READY", "STATUS", "RESTARTS", "AGE"];
const deploymentHead = ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"];

function podRow(object: KubeObject, now: number): readonly string[] {
  const status = record(object["status"]);
  const containers = list(status["containerStatuses"]).map(record);
  const ready = containers.filter((container) => container["ready"] === true).length;
  const total = Math.max(containers.length, list(record(object["spec"])["containers"]).length);
  const restarts = containers.reduce((sum, container) => sum + number(container["restartCount"]), 0);
  const metadata = record(object["metadata"]);
  const waiting = containers
    .map((container) => text(record(record(container["state"])["waiting"])["reason"]))
    .find((reason) => reason !== "");
  const phase = metadata["deletionTimestamp"] ? "Terminating" : (waiting ?? text(status["phase"], "Unknown"));
  return [
    text(metadata["name"]),
    `${ready}/${total}`,
    phase,
    String(restarts),
    age(metadata["creationTimestamp"], now),
  ];
}

function deploymentRow(object: KubeObject, now: number): readonly string[] {
  const { replicas, status } = viewDeployment(object);
  const metadata = record(object["metadata"]);
  return [
    text(metadata["name"]),
    `${status.ready}/${replicas}`,
    String(status.updated),
    String(status.available),
    age(metadata["creationTimestamp"], now),
  ];
}

/** `5s`, `3m`, `7h`, `12d`: the largest unit that fits. */
function age(created: unknown, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(String(created))) / 1000));
  if (Number.isNaN(seconds)) return "?";
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
