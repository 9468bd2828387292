import { isDeepStrictEqual } from "node:util";
import { type Fields, fieldsOf, isFields, type ManagedField, without } from "./object.ts";

export interface Manager {
  readonly name: string;
  readonly apiVersion: string;
  readonly subresource: string;
}

/** Fields that are the server's own and have no manager. */
const unowned = ["apiVersion", "kind"];
const unownedMetadata = [
  "name",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "managedFields",
];

/**
 * Who owns which field after a write: what changed is the writer's and nobody else's. Lists are owned whole, where a
 * real server looks into some of them.
 */
export function manageFields(
  before: Fields | undefined,
  after: Fields,
  standing: readonly ManagedField[],
  { name, apiVersion, subresource }: Manager,
  time: string,
): ManagedField[] {
  const old = before ? leavesOf(ownable(before)) : new Map<string, unknown>();
  const now = leavesOf(ownable(after));
  const taken = [...now].filter(([path, value]) => !isDeepStrictEqual(old.get(path), value)).map(([path]) => path);
  const gone = [...old.keys()].filter((path) => !now.has(path));
  const lost = new Set([...taken, ...gone]);
  const isOurs = (entry: ManagedField) => entry.manager === name && (entry.subresource ?? "") === subresource;
  const kept = standing.flatMap((entry) => {
    const paths = [...leavesOf(entry.fieldsV1).keys()].filter((path) => !lost.has(path));
    return isOurs(entry) || paths.length === 0 ? [] : [{ ...entry, fieldsV1: treeOf(paths) }];
  });
  const ours = standing.filter(isOurs).flatMap((entry) => [...leavesOf(entry.fieldsV1).keys()]);
  const owned = [...new Set([...ours.filter((path) => !gone.includes(path)), ...taken])];
  if (owned.length === 0) return kept;
  const entry: ManagedField = {
    manager: name,
    operation: "Update",
    apiVersion,
    ...(subresource === "scale" ? {} : { time }),
    fieldsType: "FieldsV1",
    fieldsV1: treeOf(owned),
    ...(subresource ? { subresource } : {}),
  };
  return [...kept, entry];
}

function ownable(object: Fields): Fields {
  const metadata = without(fieldsOf(object["metadata"]), ...unownedMetadata);
  const prefixed = (value: unknown): unknown =>
    isFields(value)
      ? Object.fromEntries(Object.entries(value).map(([field, inner]) => [`f:${field}`, prefixed(inner)]))
      : value;
  return prefixed({ ...without(object, ...unowned), metadata }) as Fields;
}

/** `["f:spec","f:replicas"]` as JSON -> value. */
function leavesOf(fields: Fields, path: readonly string[] = []): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [field, value] of Object.entries(fields)) {
    const here = [...path, field];
    if (isFields(value) && Object.keys(value).length > 0) {
      for (const [below, leaf] of leavesOf(value, here)) found.set(below, leaf);
    } else if (path.length > 0 || !isFields(value)) found.set(JSON.stringify(here), value);
  }
  return found;
}

function treeOf(paths: readonly string[]): Fields {
  const tree: Fields = {};
  for (const path of paths) {
    let at = tree;
    for (const field of JSON.parse(path) as string[]) {
      const below = fieldsOf(at[field]);
      at[field] = below;
      at = below;
    }
  }
  return tree;
}
