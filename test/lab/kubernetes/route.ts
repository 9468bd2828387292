import { findResource, type Resource } from "./resources.ts";
import { badRequest } from "./status.ts";

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";

/** What a request is about, as RBAC sees it, whether or not such a resource exists. */
export interface Target {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly verb: Verb;
  /** Absent for paths outside of the resources, such as /version. */
  readonly target?: Target;
  /** Absent when the double serves no such resource. */
  readonly resource?: Resource;
}

/** Reads method and path as the API server does; throws a Refusal for a path that cannot be decoded. */
export function parseRoute(method: string, url: URL): Route {
  const base = { method, path: url.pathname, query: url.searchParams };
  const [root, ...parts] = split(url.pathname);
  const nonResource = { ...base, verb: verbOf(method, "", false) };
  if (root !== "api" && root !== "apis") return nonResource;
  const group = root === "apis" ? parts.shift() : "";
  const version = parts.shift();
  if (group === undefined || version === undefined || parts.length === 0) return nonResource;

  let namespace = "";
  // A single namespace counts as being in itself; what follows its name is a resource within.
  if (parts[0] === "namespaces" && parts[1] !== undefined) {
    namespace = parts[1];
    if (parts.length > 2) parts.splice(0, 2);
  }
  const [plural = "", name = "", ...sub] = parts;
  const watching = ["1", "true"].includes(url.searchParams.get("watch") ?? "");
  const verb = verbOf(method, name, watching);
  const target = {
    group,
    version,
    plural,
    subresource: sub.join("/"),
    namespace,
    name: name || selectedName(base.query, verb),
  };
  const resource = findResource(group, version, plural);
  return { ...base, verb, target, ...(resource ? { resource } : {}) };
}

function split(pathname: string): string[] {
  const trimmed = pathname.replace(/^\/+|\/+$/g, "");
  try {
    return trimmed === "" ? [] : trimmed.split("/").map(decodeURIComponent);
  } catch {
    throw badRequest("the path cannot be decoded");
  }
}

function verbOf(method: string, name: string, watching: boolean): Verb {
  switch (method) {
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return name ? "delete" : "deletecollection";
    default:
      return name ? "get" : watching ? "watch" : "list";
  }
}

/** Reading a collection by `metadata.name` asks for the right to that one name. */
function selectedName(query: URLSearchParams, verb: Verb): string {
  if (verb !== "list" && verb !== "watch") return "";
  return /(?:^|,)metadata\.name==?([^,]+)/.exec(query.get("fieldSelector") ?? "")?.[1] ?? "";
}
