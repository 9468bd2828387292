import type { User } from "./identity.ts";
import { fieldsOf, type KubeObject } from "./object.ts";
import { authorize, covers, listOf, roleOf, rulesOf } from "./rbac.ts";
import { qualified, resourceOfKind } from "./resources.ts";
import { notFound, Refusal } from "./status.ts";
import type { Store } from "./store.ts";

/** One right: a verb on one resource, perhaps of one name, or on one path. */
interface Right {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly name?: string;
  readonly url?: string;
}

/**
 * Throws 403 for who would give away, by a role or a binding, rights that they do not hold and may not give (`escalate`
 * on the role, `bind` on the role that is bound). As in a real server's policybased storage of RBAC.
 */
export function demandNoEscalation(store: Store, user: User, object: KubeObject): void {
  if (user.groups.includes("system:masters")) return;
  const { kind } = object;
  if (kind === "Role" || kind === "ClusterRole") {
    if (!may(store, user, "escalate", object)) demandHeld(store, user, object, listOf(object["rules"]));
  } else if (kind === "RoleBinding" || kind === "ClusterRoleBinding") {
    const role = roleOf(store, object);
    const named = fieldsOf(object["roleRef"]);
    const { namespace } = object.metadata;
    const meant = { kind: String(named["kind"]), name: String(named["name"]), namespace };
    if (may(store, user, "bind", { kind: meant.kind, metadata: meant })) return;
    if (!role) throw notFound(resourceOfKind(kind), meant.name);
    demandHeld(store, user, object, listOf(role["rules"]));
  }
}

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
}

function may(store: Store, user: User, verb: string, { kind, metadata }: Named): boolean {
  const { group, plural } = resourceOfKind(kind);
  const { name, namespace = "" } = metadata;
  return authorize(store, user, { verb, group, plural, subresource: "", namespace, name }).allowed;
}

function demandHeld(store: Store, user: User, object: KubeObject, rules: readonly Record<string, unknown>[]): void {
  const held = rulesOf(store, user, object.metadata.namespace ?? "");
  const lacking = rules.flatMap(rightsOf).filter((right) => !held.some((rule) => gives(rule, right)));
  if (lacking.length === 0) return;
  const resource = resourceOfKind(object.kind);
  const { name } = object.metadata;
  const groups = user.groups.map((group) => JSON.stringify(group)).join(" ");
  throw new Refusal(
    403,
    `${qualified(resource)} "${name}" is forbidden: user "${user.username}" (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${said(lacking)}`,
    "Forbidden",
    { name, group: resource.group, kind: resource.plural },
  );
}

function rightsOf(rule: Record<string, unknown>): readonly Right[] {
  const { verbs, groups, resources, names, urls } = partsOf(rule);
  const ofNames = names.length > 0 ? names.map((name) => ({ name })) : [{}];
  const onResources = groups.flatMap((group) =>
    resources.flatMap((resource) => ofNames.map((named) => ({ group, resource, ...named }))),
  );
  const targets: readonly Omit<Right, "verb">[] = [...onResources, ...urls.map((url) => ({ url }))];
  return targets.flatMap((target) => verbs.map((verb) => ({ verb, ...target })));
}

/** Whether that rule gives this right; a right to all names takes a rule without names. */
function gives(rule: Record<string, unknown>, { verb, group = "", resource = "", name, url }: Right): boolean {
  if (url !== undefined) return covers(rule, { verb, path: url });
  const [plural = "", subresource = ""] = resource.split("/");
  const { names } = partsOf(rule);
  if (name === undefined && names.length > 0) return false;
  return covers(rule, { verb, group, plural, subresource, namespace: "", name: name ?? "" });
}

function partsOf(rule: Record<string, unknown>) {
  const texts = (field: string) => (Array.isArray(rule[field]) ? rule[field].map(String) : []);
  const [verbs, groups, resources] = [texts("verbs"), texts("apiGroups"), texts("resources")];
  return { verbs, groups, resources, names: texts("resourceNames"), urls: texts("nonResourceURLs") };
}

/** A line for each target, with all verbs that are lacking there. */
function said(rights: readonly Right[]): string {
  const quoted = (words: readonly string[]) => `[${words.map((word) => JSON.stringify(word)).join(" ")}]`;
  const lines = new Map<string, Set<string>>();
  for (const { verb, group = "", resource = "", name, url } of rights) {
    const target =
      url === undefined
        ? `APIGroups:${quoted([group])}, Resources:${quoted([resource])}${name === undefined ? "" : `, ResourceNames:${quoted([name])}`}`
        : `NonResourceURLs:${quoted([url])}`;
    lines.set(target, (lines.get(target) ?? new Set()).add(verb));
  }
  return [...lines]
    .map(([target, verbs]) => `{${target}, Verbs:${quoted([...verbs])}}`)
    .sort()
    .join("\n");
}
