import { apiVersionOf, objectKinds } from "../../operation/object-kind.ts";
import type { LiveView, PlannedObject } from "../../operation/plan.ts";
import type { NodeTarget } from "../../operation/target.ts";
import type { KubeObject, Session } from "../../ports/cluster.ts";
import { listed } from "./budgets.ts";
import { list, record, text, texts } from "./fields.ts";
import { refOf, uidOf } from "./planned-object.ts";
import { type Pod, viewPod } from "./pod.ts";

/** The fields of a node that planning reads. */
export interface Node {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly unschedulable: boolean;
  readonly ready: boolean;
}

export function viewNode(object: KubeObject): Node {
  const metadata = record(object["metadata"]);
  return {
    name: text(metadata["name"]),
    uid: uidOf(object),
    resourceVersion: text(metadata["resourceVersion"]),
    labels: texts(metadata["labels"]),
    unschedulable: record(object["spec"])["unschedulable"] === true,
    ready: list(record(object["status"])["conditions"])
      .map(record)
      .some(({ type, status }) => type === "Ready" && status === "True"),
  };
}

export function plannedNode({ name, uid }: Node): PlannedObject {
  return { apiVersion: apiVersionOf("Node"), kind: "Node", name, uid };
}

/** A node, and the pods that are bound to it, by namespace and name. */
export interface OnNode {
  readonly node: Node;
  readonly pods: readonly Pod[];
}

export async function readNodeWithPods(reader: Session, target: NodeTarget): Promise<OnNode> {
  const { group, version, resource } = objectKinds.Pod;
  const [{ object }, bound] = await Promise.all([
    reader.get(refOf(target)),
    reader.list({ group, version, resource }, { fields: { "spec.nodeName": target.name } }),
  ]);
  const place = ({ namespace, name }: Pod) => `${namespace}/${name}`;
  const pods = bound.map(viewPod).sort((one, other) => (place(one) < place(other) ? -1 : 1));
  return { node: viewNode(object), pods };
}

/** What was seen around the node when it was read. */
export function liveViewOfNode({ node, pods }: OnNode, readAt: number): LiveView {
  const running = pods.filter(({ finished }) => !finished);
  return {
    readAt,
    resourceVersion: node.resourceVersion,
    ready: running.filter(({ ready }) => ready).length,
    total: running.length,
    warnings: node.ready ? [] : ["The node is not ready."],
  };
}

/** Where the pods that are kept off or sent away could go: a warning where that is nowhere, or unknown. */
export async function othersLeft(reader: Session, { name }: Node): Promise<readonly string[]> {
  const { group, version, resource } = objectKinds.Node;
  const nodes = await listed(reader, { group, version, resource });
  if (nodes === "unknown") return ["Unknown: whether another node takes pods; the reader may not list them."];
  const others = nodes.map(viewNode).filter((node) => node.name !== name);
  const open = others.filter(({ ready, unschedulable }) => ready && !unschedulable);
  if (open.length > 0) return [];
  return [`No other node takes pods now (of ${others.length} others): whatever needs a place waits for one.`];
}
