import type { Node, Pod } from "./controllers/workload.ts";
import { fieldsOf } from "./object.ts";
import type { Store } from "./store.ts";

/** Where a pod goes: to the node it is made for, or to the emptiest that is not cordoned; undefined = nowhere. */
export function placeFor(store: Store, pod: Pod): string | undefined {
  const nodes = store.ofKind<Node>("Node");
  const pinned = pinnedTo(pod);
  if (pinned !== undefined) return nodes.find(({ metadata }) => metadata.name === pinned)?.metadata.name;
  const places = store.ofKind<Pod>("Pod").map(({ spec }) => spec.nodeName);
  const load = ({ metadata }: Node) => places.filter((place) => place === metadata.name).length;
  const open = nodes.filter(({ spec }) => !spec.unschedulable);
  return open.toSorted((a, b) => load(a) - load(b))[0]?.metadata.name;
}

/** A pod of a DaemonSet belongs to one node, by the only affinity that the double knows. */
export function pinnedTo({ spec }: Pod): string | undefined {
  if (spec.nodeName !== undefined) return spec.nodeName;
  const required = fieldsOf(fieldsOf(fieldsOf(spec["affinity"])["nodeAffinity"])[pinning]);
  const [term] = listOf(required["nodeSelectorTerms"]);
  const [field] = listOf(fieldsOf(term)["matchFields"]);
  const [name] = listOf(fieldsOf(field)["values"]);
  return typeof name === "string" ? name : undefined;
}

const pinning = "requiredDuringSchedulingIgnoredDuringExecution";

/** The affinity that binds a pod to that node. */
export function affinityTo(node: string): Record<string, unknown> {
  const matchFields = [{ key: "metadata.name", operator: "In", values: [node] }];
  return { nodeAffinity: { [pinning]: { nodeSelectorTerms: [{ matchFields }] } } };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
