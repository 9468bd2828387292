import type { KubeObject } from "../../cluster-port.ts";
import type { Get } from "../../operation/catalogue/reads.ts";
import { viewDeployment } from "../deployment.ts";
import { list, number, record, text } from "../fields.ts";
import type { Reader } from "./reader.ts";
import { age, table } from "./table.ts";

/** The objects of one kind in a table, as `kubectl get` shows them. */
export const readGet: Reader<Get> = async (session, { namespace, name, resource }, now) => {
  const ref = { group: resource === "pods" ? "" : "apps", version: "v1", resource, namespace };
  const objects = name === undefined ? await session.list(ref) : [(await session.get({ ...ref, name })).object];
  if (objects.length === 0) return { answer: `No ${resource} in the namespace ${namespace}.` };
  const rows = objects.map((object) => (resource === "pods" ? podRow(object, now) : deploymentRow(object, now)));
  return { answer: table([resource === "pods" ? podHead : deploymentHead, ...rows]) };
};

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
