import { isDeepStrictEqual } from "node:util";
import { type Fields, isFields } from "./object.ts";
import { badRequest, Refusal, unsupportedMediaType } from "./status.ts";

/** Applies a patch of one of three types and answers a new object; the old one is left as it is. */
export function applyPatch(contentType: string, current: Fields, text: string): Fields {
  switch (contentType) {
    case "application/merge-patch+json":
      return merge(current, parseObject(text)) as Fields;
    case "application/strategic-merge-patch+json":
      return strategicMerge(current, parseObject(text));
    case "application/json-patch+json":
      return applyOperations(current, parseOperations(text));
    case "application/apply-patch+yaml":
      throw new Refusal(501, "the double does no server-side apply");
    default:
      throw unsupportedMediaType();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (fault) {
    throw badRequest(`error decoding patch: ${fault instanceof Error ? fault.message : "not JSON"}`);
  }
}

function parseObject(text: string): Fields {
  const patch = parse(text);
  if (isFields(patch)) return patch;
  const found = Array.isArray(patch) ? "array" : typeof patch;
  throw badRequest(
    `error decoding patch: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`,
  );
}

/** RFC 7396. */
function merge(current: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const merged: Fields = isFields(current) ? { ...current } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field];
    else merged[field] = merge(merged[field], value);
  }
  return merged;
}

// By which field the items of a list are the same: the `patchMergeKey` of the API's types. Other lists are replaced.
const mergeKeys: Readonly<Record<string, string>> = {
  containers: "name",
  initContainers: "name",
  ephemeralContainers: "name",
  env: "name",
  volumes: "name",
  imagePullSecrets: "name",
  ports: "containerPort",
  volumeMounts: "mountPath",
  volumeDevices: "devicePath",
  hostAliases: "ip",
  topologySpreadConstraints: "topologyKey",
  ownerReferences: "uid",
  conditions: "type",
};

function strategicMerge(current: Fields, patch: Fields): Fields {
  if (patch["$patch"] === "replace") return withoutDirectives(patch);
  const merged: Fields = { ...current };
  for (const [field, value] of Object.entries(withoutDirectives(patch))) {
    const key = mergeKeys[field];
    const old = merged[field];
    if (value === null) delete merged[field];
    else if (isFields(value)) merged[field] = strategicMerge(isFields(old) ? old : {}, value);
    else if (Array.isArray(value) && key) merged[field] = mergeItems(Array.isArray(old) ? old : [], value, key);
    else merged[field] = value;
    if (isFields(value) && value["$patch"] === "delete") delete merged[field];
    if (Array.isArray(merged[field]) && merged[field].length === 0) delete merged[field];
  }
  return merged;
}

function mergeItems(current: readonly unknown[], patch: readonly unknown[], key: string): unknown[] {
  const items = patch.filter(isFields);
  if (items.some((item) => item["$patch"] === "replace" && !(key in item)))
    return items.filter((item) => !("$patch" in item));
  const added: Fields[] = [];
  let kept = current.filter(isFields);
  for (const item of items) {
    if (!(key in item)) throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    const old = kept.find((one) => one[key] === item[key]);
    if (item["$patch"] === "delete") kept = kept.filter((one) => one !== old);
    else if (old) kept = kept.map((one) => (one === old ? strategicMerge(old, item) : one));
    else added.push(strategicMerge({}, item));
  }
  return [...added, ...kept];
}

function withoutDirectives(patch: Fields): Fields {
  return Object.fromEntries(Object.entries(patch).filter(([field]) => !field.startsWith("$")));
}

interface Operation {
  readonly op?: unknown;
  readonly path?: unknown;
  readonly from?: unknown;
  readonly value?: unknown;
}

function parseOperations(text: string): readonly Operation[] {
  const patch = parse(text);
  if (Array.isArray(patch) && patch.every(isFields)) return patch;
  throw badRequest(
    `error decoding patch: json: cannot unmarshal ${isFields(patch) ? "object" : "value"} into Go value of type []handlers.jsonPatchOp`,
  );
}

/** The server does not say which operation failed. */
const unprocessable = () =>
  new Refusal(422, "the server rejected our request due to an error in our request", "Invalid", {});

/** RFC 6902; all operations or none. */
function applyOperations(current: Fields, operations: readonly Operation[]): Fields {
  const root = { document: structuredClone(current) as unknown };
  for (const { op, path, from, value } of operations) {
    const to = placeOf(root, path);
    switch (op) {
      case "test":
        if (!isDeepStrictEqual(to.read(), value)) throw unprocessable();
        break;
      case "add":
        to.add(structuredClone(value));
        break;
      case "replace":
        to.remove();
        to.add(structuredClone(value));
        break;
      case "remove":
        to.remove();
        break;
      case "copy":
        to.add(structuredClone(placeOf(root, from).read()));
        break;
      case "move": {
        const source = placeOf(root, from);
        const moved = source.read();
        source.remove();
        placeOf(root, path).add(moved);
        break;
      }
      default:
        throw unprocessable();
    }
  }
  return root.document as Fields;
}

interface Place {
  read(): unknown;
  add(value: unknown): void;
  remove(): void;
}

/** A JSON pointer (RFC 6901) in the document; its parent must exist. */
function placeOf(root: { document: unknown }, pointer: unknown): Place {
  if (typeof pointer !== "string" || (pointer !== "" && !pointer.startsWith("/"))) throw unprocessable();
  const tokens = pointer.split("/").map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
  tokens[0] = "document";
  const last = tokens.pop() ?? "";
  let parent: unknown = root;
  for (const token of tokens) parent = childOf(parent, token);
  const holder = parent;
  if (Array.isArray(holder)) return inList(holder, last);
  if (!isFields(holder)) throw unprocessable();
  return {
    read: () => childOf(holder, last),
    add: (value) => {
      holder[last] = value;
    },
    remove: () => {
      childOf(holder, last);
      delete holder[last];
    },
  };
}

function inList(list: unknown[], token: string): Place {
  const index = token === "-" ? list.length : /^(0|[1-9]\d*)$/.test(token) ? Number(token) : Number.NaN;
  const within = (length: number) => {
    if (!(index < length)) throw unprocessable();
    return index;
  };
  return {
    read: () => list[within(list.length)],
    add: (value) => void list.splice(within(list.length + 1), 0, value),
    remove: () => void list.splice(within(list.length), 1),
  };
}

function childOf(parent: unknown, token: string): unknown {
  if (Array.isArray(parent)) return inList(parent, token).read();
  if (!isFields(parent) || !Object.hasOwn(parent, token)) throw unprocessable();
  return parent[token];
}
