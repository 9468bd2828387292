import { decode } from "./decode.ts";
import type { Intent } from "./intent.ts";
import { type Fields, fieldsOf, type KubeObject } from "./object.ts";
import type { Objects, Written } from "./objects.ts";
import { applyPatch } from "./patch.ts";
import { readBody } from "./read-body.ts";
import { resourceOfKind } from "./resources.ts";
import { conflict, invalid } from "./status.ts";
import { replicaCauses } from "./validation.ts";

const scaleKind = { kind: "Scale", group: "autoscaling", version: "v1" } as const;

/** A Deployment or StatefulSet as its scale subresource shows it. */
export function scaleOf({ metadata, spec, status }: KubeObject): Fields {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const labels = Object.entries(fieldsOf(fieldsOf(fieldsOf(spec)["selector"])["matchLabels"]));
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: fieldsOf(spec)["replicas"] },
    status: {
      replicas: fieldsOf(status)["replicas"] ?? 0,
      selector: labels.map(([key, value]) => `${key}=${String(value)}`).join(","),
    },
  };
}

export function patchScale(
  objects: Objects,
  current: KubeObject,
  patch: { readonly contentType: string; readonly text: string },
  intent: Intent,
): Written {
  const patched = applyPatch(patch.contentType, scaleOf(current), patch.text);
  const { fields, warnings } = readBody(scaleKind, patched, intent, "patch");
  return { ...write(objects, current, fields, intent), warnings };
}

export function putScale(objects: Objects, current: KubeObject, body: Fields, intent: Intent): Written {
  const { fields, warnings } = readBody(scaleKind, body, intent, "body");
  return { ...write(objects, current, fields, intent), warnings };
}

/** Only `spec.replicas` is taken over; a uid or version that differs is a conflict, unlike on the object itself. */
function write(objects: Objects, current: KubeObject, scale: Fields, intent: Intent): Omit<Written, "warnings"> {
  const resource = resourceOfKind(current.kind);
  const { name, uid: own } = current.metadata;
  const { uid, resourceVersion } = fieldsOf(scale["metadata"]);
  const { replicas = 0 } = fieldsOf(scale["spec"]);
  const causes = replicaCauses(replicas);
  if (uid !== undefined && uid !== own) {
    const why = `Precondition failed: UID in precondition: ${String(uid)}, UID in object meta: ${own}`;
    throw conflict({ group: resource.group, plural: `${resource.plural}/scale` }, name, why);
  }
  if (causes.length > 0) throw invalid(scaleKind, name, causes);
  const { fields } = decode(resource.kind, current);
  const metadata = { ...current.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  const wanted = { ...fields, metadata, spec: { ...fieldsOf(current["spec"]), replicas } };
  return objects.update(resource, current, wanted, intent, { by: "put", subresource: "scale" });
}
