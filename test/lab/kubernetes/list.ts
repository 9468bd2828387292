import { type Fields, fieldsOf, type KubeObject, without } from "./object.ts";
import { apiVersionOf, type Resource } from "./resources.ts";
import { type Matches, parseFieldSelector, parseLabelSelector } from "./selectors.ts";
import { badRequest, expired, Refusal } from "./status.ts";
import type { Store } from "./store.ts";

/** The selectors of a list or a watch. */
export function matchesOf(resource: Resource, query: URLSearchParams): Matches {
  const byField = parseFieldSelector(query.get("fieldSelector") ?? "", resource);
  const byLabel = parseLabelSelector(query.get("labelSelector") ?? "");
  return (object) => byField(object) && byLabel(object);
}

/** One page of a collection. Later pages show what stands by then, where a real server shows one moment. */
export function listObjects(store: Store, resource: Resource, namespace: string, query: URLSearchParams): Fields {
  const limit = query.get("limit") ?? "0";
  if (!/^\d+$/.test(limit)) throw badRequest(`strconv.ParseInt: parsing "${limit}": invalid syntax`);
  const asked = Number(query.get("resourceVersion") ?? 0);
  if (asked > store.version)
    throw new Refusal(504, `Timeout: Too large resource version: ${asked}, current: ${store.version}`, "Timeout");
  const begin = query.get("continue");
  const { after, version } = begin ? readToken(store, begin) : { after: "", version: store.version };
  const left = store
    .list(resource, namespace)
    .filter(matchesOf(resource, query))
    .filter((object) => placeOf(object) > after);
  const page = Number(limit) > 0 ? left.slice(0, Number(limit)) : left;
  const last = page.at(-1);
  const rest = left.length - page.length;
  const more = rest > 0 && last ? { continue: tokenOf(version, last), remainingItemCount: rest } : {};
  return {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata: { resourceVersion: String(version), ...more },
    // The items of a list do not repeat its kind.
    items: page.map((object) => without(object, "kind", "apiVersion")),
  };
}

function placeOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function tokenOf(version: number, last: KubeObject): string {
  return Buffer.from(JSON.stringify({ version, after: placeOf(last) })).toString("base64url");
}

function readToken(store: Store, token: string): { readonly after: string; readonly version: number } {
  let read: Fields;
  try {
    read = fieldsOf(JSON.parse(Buffer.from(token, "base64url").toString("utf8")));
  } catch {
    throw badRequest("invalid continue token: continue key is not valid");
  }
  const version = Number(read["version"]);
  if (version < store.compacted)
    throw expired("The provided continue parameter is too old to display a consistent list result.");
  return { after: String(read["after"]), version };
}
