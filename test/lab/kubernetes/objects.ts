import { randomInt, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { withDefaults } from "./defaults.ts";
import { endingOf, usualPropagation } from "./deletion.ts";
import type { Intent, Removal } from "./intent.ts";
import { manageFields } from "./managed-fields.ts";
import { type Fields, fieldsOf, type KubeObject, type Metadata, timestamp, without } from "./object.ts";
import { applyPatch } from "./patch.ts";
import { readBody } from "./read-body.ts";
import { apiVersionOf, type Resource, resourceOfKind } from "./resources.ts";
import { alreadyExists, badRequest, conflict, deleted, invalid, modified, notFound, Refusal } from "./status.ts";
import type { Store } from "./store.ts";
import { immutableUid, validate } from "./validation.ts";

export interface Written {
  readonly object: KubeObject;
  /** False for a write that left everything as it was: it got no new version. */
  readonly changed: boolean;
  readonly warnings: readonly string[];
}

/** What an update must know beside the object: by which way it came. */
interface Update {
  readonly by: "put" | "patch";
  readonly subresource: string;
}

/** The server's own to write, whatever a caller sends. */
const serversOwn = [
  ...["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"],
  ...["deletionTimestamp", "deletionGracePeriodSeconds"],
];

const generatedAlphabet = "bcdfghjklmnpqrstvwxz2456789";

/** Five characters, as the server appends to `generateName`. */
export function generatedSuffix(): string {
  return Array.from({ length: 5 }, () => generatedAlphabet[randomInt(generatedAlphabet.length)]).join("");
}

/** Creates, changes and deletes objects with the checks of a real server, in its order. */
export class Objects {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  create(resource: Resource, namespace: string, body: Fields, intent: Intent): Written {
    const { fields, warnings } = readBody(resource, body, intent, "body");
    const given = fieldsOf(fields["metadata"]);
    if (given["namespace"] !== undefined && given["namespace"] !== namespace) throw otherNamespace();
    if (resource.namespaced && !this.#store.find(resourceOfKind("Namespace"), "", namespace))
      throw notFound({ group: "", plural: "namespaces" }, namespace);
    if (given["resourceVersion"]) throw new Refusal(500, "resourceVersion should not be set on objects to be created");
    const generated = given["generateName"] ? `${String(given["generateName"])}${generatedSuffix()}` : "";
    const name = String(given["name"] ?? generated);
    const metadata: Metadata = {
      ...given,
      name,
      ...(resource.namespaced ? { namespace } : {}),
      uid: randomUUID(),
      resourceVersion: "",
      ...(resource.counted ? { generation: 1 } : {}),
      creationTimestamp: timestamp(Date.now()),
    };
    // A node comes with its status, as its kubelet tells it; of anything else the status is the server's.
    const own = resource.kind === "Node" ? fields : without(fields, "status");
    const full = withDefaults(resource.kind, { ...own, metadata });
    const object: KubeObject = {
      ...full,
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      metadata: full["metadata"] as Metadata,
    };
    countTemplates(object);
    intent.admit?.(object);
    validate(resource, object);
    if (this.#store.find(resource, namespace, name)) throw alreadyExists(resource, name);
    const managed = this.#manage(undefined, object, intent.manager, "");
    return { object: intent.dryRun ? unversioned(managed) : this.#store.put(managed), changed: true, warnings };
  }

  replace(resource: Resource, namespace: string, name: string, body: Fields, intent: Intent): Written {
    const current = this.#store.demand(resource, namespace, name);
    const { fields, warnings } = readBody(resource, body, intent, "body");
    return { ...this.update(resource, current, fields, intent, { by: "put", subresource: "" }), warnings };
  }

  patch(
    resource: Resource,
    current: KubeObject,
    patch: { readonly contentType: string; readonly text: string },
    intent: Intent,
    subresource: "" | "status" = "",
  ): Written {
    const patched = applyPatch(patch.contentType, current, patch.text);
    const { fields, warnings } = readBody(resource, patched, intent, "patch");
    const wanted = subresource === "status" ? withSpecOf(current, fields) : fields;
    return { ...this.update(resource, current, wanted, intent, { by: "patch", subresource }), warnings };
  }

  /** Stores `wanted` in the place of `current`: what is the server's own is kept, what may not change is refused. */
  update(
    resource: Resource,
    current: KubeObject,
    wanted: Fields,
    intent: Intent,
    { by, subresource }: Update,
  ): Omit<Written, "warnings"> {
    const { name, namespace, uid, resourceVersion } = current.metadata;
    const given = fieldsOf(wanted["metadata"]);
    if (given["name"] !== name)
      throw badRequest(
        `the name of the object (${String(given["name"] ?? "")}) does not match the name on the URL (${name})`,
      );
    if ((given["namespace"] ?? namespace) !== namespace) throw otherNamespace();
    if (given["resourceVersion"] && given["resourceVersion"] !== resourceVersion) throw modified(resource, name);
    if (given["uid"] && given["uid"] !== uid) {
      if (by === "patch") throw invalid(resource, name, immutableUid(given["uid"]));
      throw conflict(
        resource,
        name,
        `Precondition failed: UID in precondition: ${String(given["uid"])}, UID in object meta: ${uid}`,
      );
    }
    const own = Object.entries(current.metadata).filter(([field]) => serversOwn.includes(field));
    const place = { name, ...(namespace ? { namespace } : {}) };
    const metadata = { ...without(given, ...serversOwn), ...Object.fromEntries(own), ...place };
    const status = (subresource === "status" ? wanted : current)["status"];
    const full = withDefaults(resource.kind, {
      ...without(wanted, "status"),
      ...(status === undefined ? {} : { status }),
      metadata,
    });
    const next: KubeObject = {
      ...full,
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      metadata: full["metadata"] as Metadata,
    };
    countTemplates(next, current);
    if (!isDeepStrictEqual(next, current)) intent.admit?.(next);
    validate(resource, next, current);
    if (resource.counted && countsAsNew(resource, current, next))
      next.metadata.generation = (current.metadata.generation ?? 0) + 1;
    if (isDeepStrictEqual(next, current)) return { object: current, changed: false };
    const managed = this.#manage(current, next, intent.manager, subresource);
    if (intent.dryRun) return { object: managed, changed: true };
    if (!isReleased(managed)) return { object: this.#store.put(managed), changed: true };
    this.#store.remove(current);
    return { object: managed, changed: true };
  }

  /** Answers what the server answers: a Status, or for an object that takes its time and for a pod the object. */
  remove(resource: Resource, current: KubeObject, removal: Removal): Fields {
    demandMeant(resource, current, removal);
    const { propagation = usualPropagation(current), graceSeconds, dryRun } = removal;
    const ending = endingOf(current, propagation, graceSeconds);
    if (ending.isOver) {
      if (!dryRun) this.#store.remove(current);
      const { name, uid } = current.metadata;
      return resource.kind === "Pod" ? ending.object : deleted(resource, name, uid);
    }
    if (dryRun || isDeepStrictEqual(ending.object, current)) return ending.object;
    return this.#store.put(ending.object);
  }

  #manage(before: KubeObject | undefined, object: KubeObject, name: string, subresource: string): KubeObject {
    const manager = { name, apiVersion: object.apiVersion, subresource };
    // The status of a new object is the server's own.
    const owned = before ? object : without(object, "status");
    const standing = before?.metadata.managedFields ?? [];
    const managedFields = manageFields(before, owned, standing, manager, timestamp(Date.now()));
    return { ...object, metadata: { ...object.metadata, managedFields } };
  }
}

/** Nothing keeps an object any more that was to be deleted. */
function isReleased({ metadata }: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers = [] } = metadata;
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && finalizers.length === 0;
}

/** Through `status` the spec stays as it is; version and uid are looked at as ever. */
function withSpecOf(current: KubeObject, fields: Fields): Fields {
  return { ...fields, ...("spec" in current ? { spec: current["spec"] } : {}) };
}

function demandMeant({ group, kind }: Resource, { metadata }: KubeObject, removal: Removal): void {
  const { name, uid, resourceVersion } = metadata;
  const named = { group, plural: kind };
  if (removal.uid && removal.uid !== uid)
    throw conflict(
      named,
      name,
      `the UID in the precondition (${removal.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  if (removal.resourceVersion && removal.resourceVersion !== resourceVersion)
    throw conflict(
      named,
      name,
      `the ResourceVersion in the precondition (${removal.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
}

/** A new generation: the spec differs, or for a Deployment its annotations (measured on v1.36). */
function countsAsNew({ kind }: Resource, before: KubeObject, after: KubeObject): boolean {
  const annotated =
    kind === "Deployment" && !isDeepStrictEqual(before.metadata.annotations, after.metadata.annotations);
  return annotated || !isDeepStrictEqual(before["spec"], after["spec"]);
}

/** The server counts the templates of a DaemonSet in an annotation of its own, whatever was written there. */
function countTemplates(object: KubeObject, before?: KubeObject): void {
  if (object.kind !== "DaemonSet") return;
  const key = "deprecated.daemonset.template.generation";
  const templateOf = ({ spec }: KubeObject) => fieldsOf(spec)["template"];
  const counted = before ? Number(before.metadata.annotations?.[key] ?? 1) : 1;
  const isNew = before !== undefined && !isDeepStrictEqual(templateOf(before), templateOf(object));
  object.metadata.annotations = { ...object.metadata.annotations, [key]: String(counted + (isNew ? 1 : 0)) };
}

function unversioned(object: KubeObject): KubeObject {
  return { ...object, metadata: without(object.metadata, "resourceVersion") as Metadata };
}

function otherNamespace(): Refusal {
  return badRequest("the namespace of the provided object does not match the namespace sent on the request");
}
