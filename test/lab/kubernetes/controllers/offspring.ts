import { randomUUID } from "node:crypto";
import { type Fields, type KubeObject, type Metadata, timestamp } from "../object.ts";
import { generatedSuffix } from "../objects.ts";
import type { Store } from "../store.ts";
import { isEnding, isReady, ownedBy, ownerReference, type Pod, type Template } from "./workload.ts";

/** Metadata of what a controller makes for its owner. */
export function offspringOf(owner: KubeObject, name: string, rest: Partial<Metadata> = {}): Metadata {
  return {
    name,
    namespace: owner.metadata.namespace ?? "",
    uid: randomUUID(),
    resourceVersion: "",
    creationTimestamp: timestamp(Date.now()),
    ownerReferences: [ownerReference(owner)],
    ...rest,
  };
}

/** A pod from that template, its name made up when none is given. */
export function newPod(
  owner: KubeObject,
  template: Template,
  own: { readonly name?: string; readonly labels?: Readonly<Record<string, string>>; readonly spec?: Fields } = {},
): Pod {
  const generateName = `${owner.metadata.name}-`;
  const labels = { ...template.metadata.labels, ...own.labels };
  const name = own.name ?? `${generateName}${generatedSuffix()}`;
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: offspringOf(owner, name, { generation: 1, generateName, ...template.metadata, labels }),
    spec: { ...(structuredClone(template.spec) as Pod["spec"]), ...own.spec },
    status: { phase: "Pending", qosClass: "BestEffort" },
  };
}

export function podsOf(owner: KubeObject, store: Store): readonly Pod[] {
  return ownedBy(owner, store.ofKind<Pod>("Pod", owner.metadata.namespace));
}

/** Those first whose end harms least: they serve nobody. */
export function leastMissedFirst(pods: readonly Pod[]): readonly Pod[] {
  return pods.filter((pod) => !isEnding(pod)).sort((a, b) => Number(isReady(a)) - Number(isReady(b)));
}
