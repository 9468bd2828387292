import type { ReadableKind } from "../../operation/catalogue/readable.ts";
import type { Json } from "../../operation/plan.ts";
import type { KubeObject } from "../../ports/cluster.ts";
import { list, number, record, text, texts } from "../objects/fields.ts";
import { measuresOf } from "./measures.ts";
import { podState } from "./pod-state.ts";
import { age } from "./table.ts";

/** The columns of one kind; the name stands first and the age last. */
interface Columns {
  readonly head: readonly string[];
  row(object: KubeObject, now: number): readonly string[];
}

type Fields = Readonly<Record<string, Json>>;

function between(
  head: readonly string[],
  cells: (spec: Fields, status: Fields, object: KubeObject, now: number) => readonly string[],
): Columns {
  return {
    head: ["NAME", ...head, "AGE"],
    row(object, now) {
      const metadata = record(object["metadata"]);
      const middle = cells(record(object["spec"]), record(object["status"]), object, now);
      return [text(metadata["name"]), ...middle, age(metadata["creationTimestamp"], now)];
    },
  };
}

const count = (value: Json | undefined, otherwise = 0) => String(number(value, otherwise));
/** A number, a percentage, or nothing. */
const some = (value: Json | undefined) => (typeof value === "number" ? String(value) : text(value, "N/A"));

/** The columns of `kubectl get`; of a ConfigMap the keys, never a value. */
export const columns: { readonly [K in ReadableKind]: Columns } = {
  Pod: between(["READY", "STATUS", "RESTARTS"], (spec, status, object) => {
    const containers = list(status["containerStatuses"]).map(record);
    const ready = containers.filter((container) => container["ready"] === true).length;
    const total = Math.max(containers.length, list(spec["containers"]).length);
    const restarts = containers.reduce((sum, container) => sum + number(container["restartCount"]), 0);
    return [`${ready}/${total}`, podState(object), String(restarts)];
  }),
  Deployment: between(["READY", "UP-TO-DATE", "AVAILABLE"], (spec, status) => [
    `${count(status["readyReplicas"])}/${count(spec["replicas"], 1)}`,
    count(status["updatedReplicas"]),
    count(status["availableReplicas"]),
  ]),
  StatefulSet: between(["READY"], (spec, status) => [
    `${count(status["readyReplicas"])}/${count(spec["replicas"], 1)}`,
  ]),
  DaemonSet: between(["DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE"], (_, status) => [
    count(status["desiredNumberScheduled"]),
    count(status["currentNumberScheduled"]),
    count(status["numberReady"]),
    count(status["updatedNumberScheduled"]),
    count(status["numberAvailable"]),
  ]),
  ReplicaSet: between(["DESIRED", "CURRENT", "READY"], (spec, status) => [
    count(spec["replicas"], 1),
    count(status["replicas"]),
    count(status["readyReplicas"]),
  ]),
  Job: between(["STATUS", "COMPLETIONS", "FAILED"], (spec, status) => [
    jobState(spec, status),
    `${count(status["succeeded"])}/${count(spec["completions"], 1)}`,
    count(status["failed"]),
  ]),
  CronJob: between(["SCHEDULE", "SUSPEND", "ACTIVE", "LAST SCHEDULE"], (spec, status, _, now) => [
    text(spec["schedule"]),
    spec["suspend"] === true ? "True" : "False",
    String(list(status["active"]).length),
    status["lastScheduleTime"] ? age(status["lastScheduleTime"], now) : "<none>",
  ]),
  Service: between(["TYPE", "CLUSTER-IP", "PORTS"], (spec) => [
    text(spec["type"], "ClusterIP"),
    text(spec["clusterIP"], "<none>"),
    portsOf(spec) || "<none>",
  ]),
  ConfigMap: between(["KEYS"], (_, __, object) => [keysOf(object).join(",") || "<none>"]),
  HorizontalPodAutoscaler: between(["REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS"], (spec, status) => {
    const target = record(spec["scaleTargetRef"]);
    return [
      `${text(target["kind"])}/${text(target["name"])}`,
      measuresOf(spec, status).join(", ") || "<none>",
      count(spec["minReplicas"], 1),
      count(spec["maxReplicas"]),
      count(status["currentReplicas"]),
    ];
  }),
  PodDisruptionBudget: between(["MIN AVAILABLE", "MAX UNAVAILABLE", "ALLOWED DISRUPTIONS"], (spec, status) => [
    some(spec["minAvailable"]),
    some(spec["maxUnavailable"]),
    count(status["disruptionsAllowed"]),
  ]),
  Node: between(["STATUS", "ROLES", "VERSION"], (spec, status, object) => [
    nodeState(spec, status),
    rolesOf(object).join(",") || "<none>",
    text(record(status["nodeInfo"])["kubeletVersion"], "?"),
  ]),
};

export function jobState(spec: Fields, status: Fields): string {
  const holds = (type: string) =>
    list(status["conditions"])
      .map(record)
      .some((one) => one["type"] === type && one["status"] === "True");
  if (holds("Complete")) return "Complete";
  if (holds("Failed")) return "Failed";
  return spec["suspend"] === true ? "Suspended" : "Running";
}

export function nodeState(spec: Fields, status: Fields): string {
  const ready = list(status["conditions"])
    .map(record)
    .find((one) => one["type"] === "Ready");
  const state = ready === undefined ? "Unknown" : ready["status"] === "True" ? "Ready" : "NotReady";
  return spec["unschedulable"] === true ? `${state},SchedulingDisabled` : state;
}

export function portsOf(spec: Fields): string {
  return list(spec["ports"])
    .map(record)
    .map((port) => {
      const outside = number(port["nodePort"]);
      return `${count(port["port"])}${outside > 0 ? `:${outside}` : ""}/${text(port["protocol"], "TCP")}`;
    })
    .join(",");
}

/** The keys of a ConfigMap; what they are given is nobody's business in a chat. */
export function keysOf(configMap: KubeObject): readonly string[] {
  return [...Object.keys(record(configMap["data"])), ...Object.keys(record(configMap["binaryData"]))].sort();
}

const rolePrefix = "node-role.kubernetes.io/";

export function rolesOf(node: KubeObject): readonly string[] {
  return Object.keys(texts(record(node["metadata"])["labels"]))
    .filter((label) => label.startsWith(rolePrefix))
    .map((label) => label.slice(rolePrefix.length))
    .sort();
}
