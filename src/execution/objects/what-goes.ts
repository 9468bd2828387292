import type { DeleteObject } from "../../operation/catalogue/removals.ts";
import type { Json } from "../../operation/plan.ts";
import type { KubeObject, Session } from "../../ports/cluster.ts";
import { budgetsOver, listed } from "./budgets.ts";
import { list, number, record, text, texts } from "./fields.ts";
import { ownerOf } from "./owner.ts";
import { podsInWords } from "./pod.ts";

/** What a removal takes away, in the words of a plan. */
export interface WhatGoes {
  /** The object in one phrase; part of what is approved, so that nothing stands in it that churns. */
  readonly was: string;
  readonly effects: readonly string[];
  readonly warnings: readonly string[];
  /** Pods that go, or that need what goes. */
  readonly pods: number;
  readonly ready: number;
  /** What of the object was approved to be removed: another spec or other data are another thing to approve. */
  readonly binding: Json;
}

/** The blast radius of removing this object as it is. */
export async function whatGoes(reader: Session, operation: DeleteObject, object: KubeObject): Promise<WhatGoes> {
  switch (operation.kind) {
    case "delete-deployment":
    case "delete-statefulset":
      return workload(reader, operation, object);
    case "delete-job":
      return job(operation, object);
    case "delete-configmap":
      return configMap(reader, operation, object);
  }
}

async function workload(reader: Session, { target, cascade }: DeleteObject, object: KubeObject): Promise<WhatGoes> {
  const spec = record(object["spec"]);
  const status = record(object["status"]);
  const pods = Math.max(number(spec["replicas"], 1), number(status["replicas"]));
  const ready = number(status["readyReplicas"]);
  const labels = texts(record(record(spec["template"])["metadata"])["labels"]);
  // What an autoscaler moves is no other thing to approve.
  const { replicas: _, ...binding } = spec;
  return {
    was: "there",
    effects: [
      cascade === "orphan"
        ? `${podsInWords(pods, ["stays", "stay"])} behind as they run, and nothing puts another in their place any more.`
        : `${podsInWords(pods, ["goes", "go"])} with it: the workload stops serving.`,
      ...(target.kind === "StatefulSet" && cascade !== "orphan" ? [claims(spec)] : []),
    ],
    warnings:
      cascade === "orphan"
        ? []
        : await budgetsOver(reader, target.namespace, labels, "a removal of the workload does not ask it"),
    pods,
    ready,
    binding,
  };
}

function claims(spec: Readonly<Record<string, Json>>): string {
  const whenDeleted = record(spec["persistentVolumeClaimRetentionPolicy"])["whenDeleted"];
  return whenDeleted === "Delete"
    ? "Its PersistentVolumeClaims are deleted with it: THEIR DATA IS LOST, and no manifest restores it."
    : "Its PersistentVolumeClaims stay, with their data.";
}

function job({ cascade }: DeleteObject, object: KubeObject): WhatGoes {
  const status = record(object["status"]);
  const active = number(status["active"]);
  const owner = ownerOf(object);
  return {
    was: "there",
    effects: [
      ...(cascade === "orphan"
        ? ["Its pods stay behind, owned by nobody, and nobody counts them."]
        : [
            active > 0
              ? `What it is doing is broken off: ${podsInWords(active)} ${active === 1 ? "goes" : "go"} with it.`
              : "None of its pods runs now.",
            "The logs of its pods go with them.",
          ]),
      "To restore it from its manifest is to run it again.",
    ],
    warnings: owner ? [`${owner.kind} ${owner.name} makes others by its schedule.`] : [],
    pods: active,
    ready: number(status["ready"]),
    binding: object["spec"] ?? null,
  };
}

const usersNamed = 5;

async function configMap(reader: Session, { target }: DeleteObject, object: KubeObject): Promise<WhatGoes> {
  const keys = [...Object.keys(record(object["data"])), ...Object.keys(record(object["binaryData"]))].sort();
  const users = await podsUsing(reader, target);
  return {
    was: keys.length === 0 ? "empty" : `the ${keys.length === 1 ? "key" : "keys"} ${keys.join(", ")}`,
    effects: [
      users === "unknown"
        ? "Which pods use it is unknown: the reader may not list them."
        : users.length === 0
          ? "No pod of the namespace uses it now."
          : `${podsInWords(users.length)} ${users.length === 1 ? "uses" : "use"} it: ${users.slice(0, usersNamed).join(", ")}${users.length > usersNamed ? " and others" : ""}. What they have read they keep; a new one that needs it does not start.`,
    ],
    warnings: [],
    pods: users === "unknown" ? 0 : users.length,
    ready: 0,
    binding: { data: object["data"] ?? null, binaryData: object["binaryData"] ?? null },
  };
}

async function podsUsing(
  reader: Session,
  { namespace, name }: DeleteObject["target"],
): Promise<readonly string[] | "unknown"> {
  const pods = await listed(reader, { group: "", version: "v1", resource: "pods", namespace });
  return pods === "unknown"
    ? pods
    : pods.filter((pod) => uses(record(pod["spec"]), name)).map((pod) => text(record(pod["metadata"])["name"]));
}

/** By a volume, all of an environment, or one variable of it. */
function uses(pod: Readonly<Record<string, Json>>, name: string): boolean {
  const volumes = list(pod["volumes"]).map(record);
  const mounted = volumes.flatMap((volume) => [
    record(volume["configMap"])["name"],
    ...list(record(volume["projected"])["sources"]).map((source) => record(record(source)["configMap"])["name"]),
  ]);
  const containers = [...list(pod["containers"]), ...list(pod["initContainers"])].map(record);
  const read = containers.flatMap(({ envFrom, env }) => [
    ...list(envFrom ?? null).map((source) => record(record(source)["configMapRef"])["name"]),
    ...list(env ?? null).map((one) => record(record(record(one)["valueFrom"])["configMapKeyRef"])["name"]),
  ]);
  return [...mounted, ...read].includes(name);
}
