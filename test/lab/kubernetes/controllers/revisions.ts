import type { KubeObject } from "../object.ts";
import type { Store } from "../store.ts";
import { offspringOf } from "./offspring.ts";
import { hashOf } from "./template-hash.ts";
import { type ControllerRevision, ownedBy, type Template } from "./workload.ts";

/** The label by which a revision is known; on the pods too. */
export const revisionHashLabel = "controller-revision-hash";

type Revised = KubeObject & {
  readonly spec: { readonly template: Template; readonly revisionHistoryLimit: number };
};

/**
 * The ControllerRevision of the template as it is now, made or brought forward when it is not the newest; the oldest
 * that are not `inUse` go. Its template is told as a patch that replaces the whole.
 */
export function reviseTo(store: Store, owner: Revised, inUse: ReadonlySet<string>): ControllerRevision {
  const standing = revisionsOf(store, owner);
  const hash = hashOf(owner.spec.template);
  const name = `${owner.metadata.name}-${hash}`;
  const newest = standing.at(-1)?.revision ?? 0;
  const found = standing.find(({ metadata }) => metadata.name === name);
  const wanted = found ?? newRevision(owner, name, hash);
  const current =
    found?.revision === newest ? found : (store.put({ ...wanted, revision: newest + 1 }) as ControllerRevision);
  const surplus = standing.filter(({ metadata }) => metadata.name !== name && !inUse.has(metadata.name));
  for (const old of surplus.slice(0, Math.max(0, surplus.length - owner.spec.revisionHistoryLimit))) store.remove(old);
  return current;
}

/** Oldest first. */
export function revisionsOf(store: Store, owner: KubeObject): readonly ControllerRevision[] {
  const all = store.ofKind<ControllerRevision>("ControllerRevision", owner.metadata.namespace);
  return ownedBy(owner, all).toSorted((a, b) => a.revision - b.revision);
}

function newRevision(owner: Revised, name: string, hash: string): ControllerRevision {
  const { template } = owner.spec;
  const label = owner.kind === "StatefulSet" ? "controller.kubernetes.io/hash" : revisionHashLabel;
  return {
    kind: "ControllerRevision",
    apiVersion: "apps/v1",
    metadata: offspringOf(owner, name, { labels: { ...template.metadata.labels, [label]: hash } }),
    data: { spec: { template: { $patch: "replace", ...structuredClone(template) } } },
    revision: 0,
  };
}

/** The template that a revision keeps. */
export function templateOf({ data }: ControllerRevision): Template {
  const { $patch: _, ...template } = data.spec.template;
  return template as unknown as Template;
}
