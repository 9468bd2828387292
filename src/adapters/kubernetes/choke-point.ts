import { parseName, parseNamespace } from "../../operation/name.ts";
import { type Account, ClusterFault, type ObjectRef } from "../../ports/cluster.ts";

/** The RBAC verbs this house ever uses. There is no `deletecollection` and no `update`. */
export type Verb = "get" | "list" | "watch" | "patch" | "create" | "delete";

type Rules = Account["rules"];

declare const checked: unique symbol;

/** Leave to send one call: its method and its exact path below the server's address. Only {@link pass} gives one. */
export interface Passage {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly [checked]: true;
}

const methods = { get: "GET", list: "GET", watch: "GET", patch: "PATCH", create: "POST", delete: "DELETE" } as const;

// As apimachinery names its versions; resources and their subresources are RFC 1123 labels.
const versionShape = /^v[1-9]\d{0,3}((alpha|beta)[1-9]\d{0,3})?$/;

// Where the API server looks for a resource it takes these for something else (apiserver/pkg/endpoints/request).
const otherwiseRead: ReadonlySet<string> = new Set(["watch", "proxy", "status", "finalize"]);

/** Reviews: they are created to be answered, have no name, and nothing is stored. */
const questions = "authorization.k8s.io";

/** These open a way into a pod or a node, or make a token: no operation is about any. */
const waysIn: ReadonlySet<string> = new Set(["exec", "attach", "portforward", "proxy", "ephemeralcontainers", "token"]);

/**
 * The choke point: no call reaches a cluster without a passage, and every part of its path was checked here. With the
 * stock client an empty or dotted name reaches a whole collection, or the namespace itself (facts/kubernetes.md
 * section 1). Throws the ClusterFault `not-sent` for a part that cannot be, and for a call that `rules` do not hold.
 */
export function pass(rules: Rules, verb: Verb, ref: ObjectRef): Passage {
  demandParts(verb, ref);
  demandOneObject(verb, ref);
  demandDeclared(rules, verb, ref);
  const { group, version, resource, subresource, namespace, name } = ref;
  const root = group === "" ? ["api", version] : ["apis", group, version];
  const place = namespace === undefined ? [] : ["namespaces", namespace];
  const object = name === undefined || ofCollection(verb, ref) ? [] : [name];
  const parts = [...root, ...place, resource, ...object, ...(subresource ? [subresource] : [])];
  return { method: methods[verb], path: `/${parts.join("/")}` } as Passage;
}

/** As {@link pass}, for the account of an operation: what no operation may do is refused whatever its rules declare. */
export function passOperation(rules: Rules, verb: Verb, ref: ObjectRef): Passage {
  if (ref.resource === "secrets") throw notSent("no operation is about Secrets");
  if (ref.subresource && waysIn.has(ref.subresource)) throw notSent(`no operation reaches ${ref.subresource}`);
  return pass(rules, verb, ref);
}

/** Holds what is about to be sent against what was let pass: same server, same method, same path, byte for byte. */
export function demandExact({ method, path }: Passage, server: URL, sending: { method: string; url: URL }): void {
  const { url } = sending;
  const meant = `${server.origin}${server.pathname.replace(/\/$/, "")}${path}`;
  const clean = url.username === "" && url.password === "" && url.hash === "";
  if (sending.method !== method || !clean || `${url.origin}${url.pathname}` !== meant)
    throw notSent("the address built is not the one that was meant");
}

export function notSent(says: string): ClusterFault {
  return new ClusterFault("not-sent", says);
}

/** Whether the call goes to the collection: one object is then named in the body, or by a field selector. */
function ofCollection(verb: Verb, { subresource }: ObjectRef): boolean {
  return verb === "list" || verb === "watch" || (verb === "create" && subresource === undefined);
}

function demandParts(verb: Verb, ref: ObjectRef): void {
  const { group, version, resource, subresource, namespace, name } = ref;
  // A part that is no string would be checked as one text and sent as another; one left undefined was meant to be there.
  for (const part of Object.values(ref)) if (typeof part !== "string") throw notSent("a part of the path is no text");
  if (group !== "" && parseName(group) === undefined) throw notSent("this is no API group");
  if (!versionShape.test(version)) throw notSent("this is no API version");
  if (parseNamespace(resource) === undefined || otherwiseRead.has(resource)) throw notSent("this is no API resource");
  if (subresource !== undefined && parseNamespace(subresource) === undefined) throw notSent("this is no subresource");
  if (namespace !== undefined && parseNamespace(namespace) === undefined) throw notSent("this cannot be a namespace");
  if (verb === "list") {
    if (name !== undefined) throw notSent("a list is about all objects, not about one");
  } else if (verb === "create" && group === questions) {
    if (name !== undefined || subresource !== undefined) throw notSent("a question has no name");
  } else if (name === undefined || parseName(name) === undefined) throw notSent("this cannot be the name of an object");
}

/** What would reach more than the one object that is named, or all that is in a namespace. */
function demandOneObject(verb: Verb, { resource, subresource, namespace }: ObjectRef): void {
  // Behind the name of a namespace stand the collections in it, where a subresource would.
  if (resource === "namespaces" && (subresource !== undefined || namespace !== undefined))
    throw notSent("there is nothing below a namespace by itself");
  if (resource === "namespaces" && verb === "delete") throw notSent("namespaces are never removed");
  // Without the name in between, a subresource would be read as the name of an object.
  if (subresource !== undefined && (verb === "list" || verb === "watch" || verb === "delete"))
    throw notSent(`${verb} is about objects, not about a part of one`);
}

function demandDeclared(rules: Rules, verb: Verb, { group, resource, subresource, namespace, name }: ObjectRef): void {
  const wanted = subresource ? `${resource}/${subresource}` : resource;
  const declared = rules.some(
    (rule) =>
      rule.apiGroups.includes(group) &&
      rule.resources.includes(wanted) &&
      rule.verbs.includes(verb) &&
      (namespace !== undefined || rule.scope === "cluster") &&
      (rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name))),
  );
  const where = namespace === undefined ? " for the whole cluster" : "";
  if (!declared) throw notSent(`${verb} on ${wanted}${where} is not declared for this account`);
}
