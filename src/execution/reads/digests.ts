import type { ReadableKind } from "../../operation/catalogue/readable.ts";
import type { Json } from "../../operation/plan.ts";
import type { KubeObject } from "../../ports/cluster.ts";
import { list, number, record, text, texts } from "../objects/fields.ts";
import { jobState, keysOf, nodeState, portsOf, rolesOf } from "./columns.ts";
import { containersOf, templateOf } from "./containers.ts";
import { measuresOf } from "./measures.ts";
import { podState } from "./pod-state.ts";
import { age } from "./table.ts";

type Fields = Readonly<Record<string, Json>>;
type Digest = (object: KubeObject, now: number) => readonly string[];

/** What there is to say of each kind beside what all have; lines without a full stop. */
export const digests: { readonly [K in ReadableKind]: Digest } = {
  Pod: of((spec, status, object, now) => [
    `Status: ${podState(object)}${text(status["message"]) === "" ? "" : `, ${text(status["message"])}`}`,
    `Node: ${text(spec["nodeName"], "none yet")}`,
    ...containersOf(object, now),
  ]),
  Deployment: of((spec, status) => [
    `Replicas: ${replicasOf(spec, status)}`,
    ...(spec["paused"] === true ? ["Paused: what is changed does not roll out"] : []),
    `Strategy: ${text(record(spec["strategy"])["type"], "RollingUpdate")}${roomOf(record(spec["strategy"]))}`,
    ...selectorOf(spec),
    ...templateOf(spec),
  ]),
  StatefulSet: of((spec, status) => {
    const strategy = record(spec["updateStrategy"]);
    const partition = number(record(strategy["rollingUpdate"])["partition"]);
    return [
      `Replicas: ${replicasOf(spec, status)}`,
      `Strategy: ${text(strategy["type"], "RollingUpdate")}${partition > 0 ? `, only from ordinal ${partition} on` : ""}`,
      ...selectorOf(spec),
      ...templateOf(spec),
    ];
  }),
  DaemonSet: of((spec, status) => [
    `Nodes: ${number(status["desiredNumberScheduled"])} wanted, ${number(status["numberReady"])} ready, ${number(status["updatedNumberScheduled"])} up to date, ${number(status["numberAvailable"])} available, ${number(status["numberMisscheduled"])} where none should be`,
    `Strategy: ${text(record(spec["updateStrategy"])["type"], "RollingUpdate")}${roomOf(record(spec["updateStrategy"]))}`,
    ...selectorOf(spec),
    ...templateOf(spec),
  ]),
  ReplicaSet: of((spec, status) => [
    `Replicas: ${replicasOf(spec, { ...status, updatedReplicas: status["replicas"] ?? 0 })}`,
    ...selectorOf(spec),
    ...templateOf(spec),
  ]),
  Job: of((spec, status, _, now) => [
    `Status: ${jobState(spec, status)}, ${number(status["active"])} active, ${number(status["succeeded"])} of ${number(spec["completions"], 1)} succeeded, ${number(status["failed"])} failed (at most ${number(spec["backoffLimit"], 6)})`,
    ...(status["startTime"] ? [`Started: ${age(status["startTime"], now)} ago`] : []),
    ...templateOf(spec),
  ]),
  CronJob: of((spec, status, _, now) => [
    `Schedule: ${text(spec["schedule"])}${text(spec["timeZone"]) === "" ? "" : ` ${text(spec["timeZone"])}`}, ${text(spec["concurrencyPolicy"], "Allow")} at once${spec["suspend"] === true ? ", suspended" : ""}`,
    `Last: ${status["lastScheduleTime"] ? `scheduled ${age(status["lastScheduleTime"], now)} ago` : "never scheduled"}, ${status["lastSuccessfulTime"] ? `succeeded ${age(status["lastSuccessfulTime"], now)} ago` : "never succeeded"}`,
    `Active: ${named(status["active"]) || "none"}`,
    ...templateOf(record(record(spec["jobTemplate"])["spec"])),
  ]),
  Service: of((spec, status) => [
    `Type: ${text(spec["type"], "ClusterIP")}, address ${text(spec["clusterIP"], "none")}`,
    `Ports: ${portsOf(spec) || "none"}`,
    `Selector: ${pairs(spec["selector"]) || "none"}`,
    ...outside(status),
  ]),
  ConfigMap: (object) => [`Keys, whose values are not shown: ${keysOf(object).join(", ") || "none"}`],
  HorizontalPodAutoscaler: of((spec, status, _, now) => {
    const target = record(spec["scaleTargetRef"]);
    const last = status["lastScaleTime"] ? `, last scaled ${age(status["lastScaleTime"], now)} ago` : "";
    return [
      `Scales: ${text(target["kind"])} ${text(target["name"])}, from ${number(spec["minReplicas"], 1)} to ${number(spec["maxReplicas"])}`,
      `Replicas: ${number(status["currentReplicas"])} now, ${number(status["desiredReplicas"])} wanted${last}`,
      `Measures, now/wanted: ${measuresOf(spec, status).join(", ") || "none"}`,
    ];
  }),
  PodDisruptionBudget: of((spec, status) => [
    `Keeps: ${bound(spec["minAvailable"], "at least", "available")}${bound(spec["maxUnavailable"], "at most", "unavailable")}`,
    `Now: ${number(status["currentHealthy"])} of ${number(status["expectedPods"])} healthy, ${number(status["desiredHealthy"])} needed, ${number(status["disruptionsAllowed"])} may be evicted`,
    ...selectorOf(spec),
  ]),
  Node: of((spec, status, object) => {
    const info = record(status["nodeInfo"]);
    const taints = list(spec["taints"]).map(record);
    const room = (of: Json | undefined) =>
      ["cpu", "memory", "pods"].map((name) => `${name} ${text(record(of)[name], "?")}`).join(", ");
    return [
      `Status: ${nodeState(spec, status)}, roles ${rolesOf(object).join(", ") || "none"}`,
      `Taints: ${taints.map((one) => `${text(one["key"])}${text(one["value"]) === "" ? "" : `=${text(one["value"])}`}:${text(one["effect"])}`).join(", ") || "none"}`,
      `Allocatable: ${room(status["allocatable"])}`,
      `Runs: ${text(info["kubeletVersion"], "?")}, ${text(info["osImage"], "?")}, ${text(info["containerRuntimeVersion"], "?")}`,
    ];
  }),
};

function of(lines: (spec: Fields, status: Fields, object: KubeObject, now: number) => readonly string[]): Digest {
  return (object, now) => lines(record(object["spec"]), record(object["status"]), object, now);
}

function replicasOf(spec: Fields, status: Fields): string {
  const count = (field: string) => number(status[field]);
  return `${number(spec["replicas"], 1)} wanted, ${count("readyReplicas")} ready, ${count("updatedReplicas")} up to date, ${count("availableReplicas")} available`;
}

function roomOf(strategy: Fields): string {
  const { maxUnavailable, maxSurge } = record(strategy["rollingUpdate"]);
  const said = (value: Json | undefined, words: string) =>
    typeof value === "number" || typeof value === "string" ? `, ${value} ${words}` : "";
  return `${said(maxUnavailable, "may be missing")}${said(maxSurge, "more than wanted")}`;
}

function selectorOf(spec: Fields): readonly string[] {
  const labels = pairs(record(spec["selector"])["matchLabels"]);
  return labels === "" ? [] : [`Selector: ${labels}`];
}

function pairs(labels: Json | undefined): string {
  return Object.entries(texts(labels))
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
}

function named(references: Json | undefined): string {
  return list(references)
    .map((one) => text(record(one)["name"]))
    .join(", ");
}

function outside(status: Fields): readonly string[] {
  const entries = list(record(status["loadBalancer"])["ingress"]).map(record);
  const places = entries.map((one) => text(one["hostname"]) || text(one["ip"]));
  return places.length > 0 ? [`From outside: ${places.join(", ")}`] : [];
}

function bound(value: Json | undefined, most: string, what: string): string {
  return typeof value === "number" || typeof value === "string" ? `${most} ${value} ${what}` : "";
}
