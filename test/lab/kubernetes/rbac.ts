import type { User } from "./identity.ts";
import { fieldsOf, isFields, type KubeObject } from "./object.ts";
import { qualified, resourceOfKind } from "./resources.ts";
import type { Route, Target } from "./route.ts";
import { Refusal } from "./status.ts";
import type { Store } from "./store.ts";

/** What somebody wants to do: with a resource, or with a bare path. */
export type Attributes =
  | ({ readonly verb: string } & Omit<Target, "version">)
  | { readonly verb: string; readonly path: string };

export type Verdict = { readonly allowed: true; readonly reason: string } | { readonly allowed: false };

/** Evaluates Roles and ClusterRoles through their bindings. The group system:masters may do everything. */
export function authorize(store: Store, user: User, attributes: Attributes): Verdict {
  if (user.groups.includes("system:masters")) return { allowed: true, reason: "" };
  const namespace = "path" in attributes ? "" : attributes.namespace;
  for (const { binding, role } of boundTo(store, user, namespace)) {
    if (!listOf(role["rules"]).some((rule) => covers(rule, attributes))) continue;
    const reason = `RBAC: allowed by ${binding.kind} "${binding.metadata.name}" of ${role.kind} "${role.metadata.name}"`;
    return { allowed: true, reason };
  }
  return { allowed: false };
}

/** All rules that hold for that user in a namespace, or with none in the whole cluster. */
export function rulesOf(store: Store, user: User, namespace: string): readonly Record<string, unknown>[] {
  return boundTo(store, user, namespace).flatMap(({ role }) => listOf(role["rules"]));
}

function boundTo(
  store: Store,
  user: User,
  namespace: string,
): readonly { readonly binding: KubeObject; readonly role: KubeObject }[] {
  const bindings = [
    ...store.ofKind("ClusterRoleBinding"),
    ...(namespace ? store.ofKind("RoleBinding", namespace) : []),
  ];
  return bindings.flatMap((binding) => {
    if (!listOf(binding["subjects"]).some((subject) => isSubject(user, subject, binding))) return [];
    const role = roleOf(store, binding);
    return role ? [{ binding, role }] : [];
  });
}

export function attributesOf({ verb, target, path, method }: Route): Attributes {
  return target ? { verb, ...target } : { verb: method.toLowerCase(), path };
}

/** 403 in the words of a real server. */
export function forbidden(user: User, attributes: Attributes): Refusal {
  const who = `User "${user.username}" cannot ${attributes.verb}`;
  if ("path" in attributes) return new Refusal(403, `forbidden: ${who} path "${attributes.path}"`, "Forbidden", {});
  const { group, plural, subresource, namespace, name } = attributes;
  const what = `${qualified({ group, plural })}${name ? ` "${name}"` : ""}`;
  const where = namespace ? `in the namespace "${namespace}"` : "at the cluster scope";
  const resource = subresource ? `${plural}/${subresource}` : plural;
  const details = { ...(name ? { name } : {}), ...(group ? { group } : {}), kind: plural };
  return new Refusal(
    403,
    `${what} is forbidden: ${who} resource "${resource}" in API group "${group}" ${where}`,
    "Forbidden",
    details,
  );
}

function isSubject(user: User, subject: Record<string, unknown>, binding: KubeObject): boolean {
  const { kind, name, namespace = binding.metadata.namespace } = subject;
  if (kind === "User") return name === user.username;
  if (kind === "Group") return user.groups.includes(String(name));
  return kind === "ServiceAccount" && user.username === `system:serviceaccount:${String(namespace)}:${String(name)}`;
}

/** The role that a binding gives, if there is one. */
export function roleOf(store: Store, binding: KubeObject): KubeObject | undefined {
  const { kind, name } = fieldsOf(binding["roleRef"]);
  return kind === "Role"
    ? store.find(resourceOfKind("Role"), binding.metadata.namespace ?? "", String(name))
    : store.find(resourceOfKind("ClusterRole"), "", String(name));
}

/** Whether that rule allows this. */
export function covers(rule: Record<string, unknown>, attributes: Attributes): boolean {
  const has = (field: string, ...values: readonly string[]) => {
    const list = rule[field];
    return Array.isArray(list) && ["*", ...values].some((value) => list.includes(value));
  };
  if (!has("verbs", attributes.verb)) return false;
  if ("path" in attributes) {
    const { path } = attributes;
    const urls = Array.isArray(rule["nonResourceURLs"]) ? rule["nonResourceURLs"].map(String) : [];
    return urls.some((url) => url === path || (url.endsWith("*") && path.startsWith(url.slice(0, -1))));
  }
  const { group, plural, subresource, name } = attributes;
  const names = rule["resourceNames"];
  const resources = subresource ? [`${plural}/${subresource}`, `*/${subresource}`] : [plural];
  const named = !Array.isArray(names) || names.length === 0 || names.includes(name);
  return has("apiGroups", group) && has("resources", ...resources) && named;
}

export function listOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}
