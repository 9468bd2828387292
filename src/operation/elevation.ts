import { parseName } from "./name.ts";
import type { RbacRule } from "./rbac-rule.ts";

// What an elevation looks like in a cluster: a RoleBinding that carries all it takes to be recognised and ended, even
// by a worker whose records know nothing of it.

/** On every binding of ours with the value `true`, and on nothing else. */
export const elevationLabel = "countersign.dev/elevation";
/** Until when it holds: RFC 3339, by Redis's clock. */
export const expiresAnnotation = "countersign.dev/expires";
/** The subject (`sub`) it was made for. */
export const requesterAnnotation = "countersign.dev/requester";

const prefix = "countersign-elevation-";

/** The name of the one RoleBinding that this request may make. */
export function elevationName(request: string): string {
  return `${prefix}${request}`;
}

/** The longest that any elevation may last, in ms; policies offer less. */
export const longestElevation = 8 * 3_600_000;

/** How far the cluster's clock may be behind Redis's, in ms, for the longest one still to be let through. */
const clockSkew = 5 * 60_000;

/** The latest end that the admission policy lets through, and that any reader of a binding believes, in ms from its making. */
export const longestBinding = longestElevation + clockSkew;

/** The roles that the accounts may bind where the administrator names no others. */
export const usualRoles: readonly string[] = ["view", "edit"];

/** Those of the platform itself, and those that may bind roles, so that whoever had them once could keep them. */
export function isNeverGiven(role: string): boolean {
  return role === "admin" || role === "cluster-admin" || role.startsWith("system:");
}

/** The roles, each once; throws for none at all, and for one that is no role or is never given. */
export function demandGivable(roles: readonly string[]): readonly string[] {
  if (roles.length === 0) throw new Error("no role is named");
  for (const role of roles)
    if (parseName(role) === undefined || isNeverGiven(role))
      throw new Error(`${JSON.stringify(role)} is no role that can be given for a while`);
  return [...new Set(roles)];
}

const group = "rbac.authorization.k8s.io";

/** Makes bindings and can neither change nor remove one. `bind` is limited to the roles that are named. */
export const elevationRules: readonly RbacRule[] = [
  { apiGroups: [group], resources: ["rolebindings"], verbs: ["create", "get"] },
  { apiGroups: [group], resources: ["clusterroles"], resourceNames: usualRoles, verbs: ["bind"] },
];

/** What a plan reads, the very rules that would be given, and what shows whether they were. */
export const elevationPlanRules: readonly RbacRule[] = [
  { apiGroups: [group], resources: ["rolebindings"], verbs: ["get"] },
  { apiGroups: [group], resources: ["clusterroles"], verbs: ["get"], scope: "cluster" },
];

/** Sees what roles are bound anywhere, and can do nothing about it. */
export const elevationListRules: readonly RbacRule[] = [
  { apiGroups: [group], resources: ["rolebindings"], verbs: ["list"], scope: "cluster" },
];

/** Ends elevations, and can make none: an account of its own, which belongs to no operation. */
export const elevationEnd = {
  account: "countersign-elevation-end",
  rules: [...elevationListRules, { apiGroups: [group], resources: ["rolebindings"], verbs: ["get", "delete"] }],
} satisfies { readonly account: string; readonly rules: readonly RbacRule[] };
