import { endingOf, foregroundFinalizer, orphanFinalizer, type Propagation } from "../deletion.ts";
import type { KubeObject } from "../object.ts";
import type { Store, StoreEvent } from "../store.ts";
import { isEnding } from "./workload.ts";

/** Removes an object, or lets it end if it takes its time or waits for somebody. */
export function end(store: Store, object: KubeObject, propagation: Propagation = "Background"): void {
  const ending = endingOf(object, propagation);
  if (ending.isOver) store.remove(object);
  else if (!isEnding(object)) store.put(ending.object);
}

/** What happens to the dependents of an object that is deleted, by the policy its finalizers tell. */
export function collectGarbage(store: Store, { type, object }: StoreEvent): void {
  if (type === "DELETED") {
    for (const dependent of dependentsOf(store, object)) abandon(store, dependent, object);
    for (const owner of ownersOf(store, object)) releaseForeground(store, owner);
    return;
  }
  if (!isEnding(object)) return;
  if (waits(object, orphanFinalizer)) {
    for (const dependent of dependentsOf(store, object)) disown(store, dependent, object);
    release(store, object, orphanFinalizer);
  } else if (waits(object, foregroundFinalizer)) {
    for (const dependent of dependentsOf(store, object).filter((one) => !isEnding(one)))
      end(store, dependent, dependentsOf(store, dependent).length > 0 ? "Foreground" : "Background");
    releaseForeground(store, object);
  }
}

function waits({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) === true;
}

function dependentsOf(store: Store, { metadata }: KubeObject): readonly KubeObject[] {
  return [...store.all()].filter((one) => one.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid));
}

function ownersOf(store: Store, { metadata }: KubeObject): readonly KubeObject[] {
  const uids = metadata.ownerReferences?.map(({ uid }) => uid) ?? [];
  return uids.length === 0 ? [] : [...store.all()].filter((one) => uids.includes(one.metadata.uid));
}

/** Goes with its last owner; another owner keeps it. */
function abandon(store: Store, dependent: KubeObject, owner: KubeObject): void {
  const others = ownersOf(store, dependent).filter((one) => one.metadata.uid !== owner.metadata.uid);
  if (others.length > 0) disown(store, dependent, owner);
  else end(store, dependent);
}

function disown(store: Store, dependent: KubeObject, { metadata: { uid } }: KubeObject): void {
  const { ownerReferences = [], ...metadata } = dependent.metadata;
  const kept = ownerReferences.filter((owner) => owner.uid !== uid);
  store.put({ ...dependent, metadata: { ...metadata, ...(kept.length > 0 ? { ownerReferences: kept } : {}) } });
}

/** Lets an owner go once nothing that blocks it is left. */
function releaseForeground(store: Store, owner: KubeObject): void {
  const blocks = (dependent: KubeObject) =>
    dependent.metadata.ownerReferences?.some(
      ({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion === true,
    );
  if (!isEnding(owner) || !waits(owner, foregroundFinalizer)) return;
  if (!dependentsOf(store, owner).some(blocks)) release(store, owner, foregroundFinalizer);
}

function release(store: Store, object: KubeObject, finalizer: string): void {
  const { finalizers = [], ...metadata } = object.metadata;
  const left = finalizers.filter((one) => one !== finalizer);
  if (left.length === 0) store.remove(object);
  else store.put({ ...object, metadata: { ...metadata, finalizers: left } });
}
