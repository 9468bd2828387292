import type { Name, Namespace } from "./name.ts";
import { type KindName, objectKinds } from "./object-kind.ts";

/** One named object of a namespace. */
export interface Target<K extends KindName = KindName> {
  readonly kind: K;
  readonly namespace: Namespace;
  readonly name: Name;
}

/** One named node; it belongs to no namespace. */
export interface NodeTarget {
  readonly kind: "Node";
  readonly namespace?: never;
  readonly name: Name;
}

/** Whatever one command may be about. */
export type AnyTarget = Target | NodeTarget;

/** `deploy/api`, as it is typed. */
export function spokenTarget({ kind, name }: { readonly kind: KindName; readonly name: string }): string {
  return `${objectKinds[kind].short}/${name}`;
}

/** `deployment api`, as it stands in a sentence. */
export function targetInWords({ kind, name }: { readonly kind: KindName; readonly name: string }): string {
  return `${objectKinds[kind].noun} ${name}`;
}
