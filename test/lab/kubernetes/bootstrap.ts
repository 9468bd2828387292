import type { Draft } from "./object.ts";

const rbac = { apiVersion: "rbac.authorization.k8s.io/v1" } as const;
const roleRef = (name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name });
const group = (name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name });

/** A node as its kubelet registers it, named as those of the real cluster of the tests. */
function node(name: string): Draft {
  const labels = { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" };
  return { apiVersion: "v1", kind: "Node", metadata: { name, labels } };
}

const reading = ["get", "list", "watch"];
const everything = { apiGroups: ["*"], resources: ["*"], verbs: ["*"] };
const rolesToo = { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles", "rolebindings"], verbs: ["*"] };

/** A role meant for people; shorter than the real one of that name. */
function userRole(name: string, verbs: readonly string[], more: readonly object[] = []): Draft {
  const rules = [
    { apiGroups: [""], resources: ["pods", "pods/log", "configmaps", "services", "events"], verbs },
    { apiGroups: ["apps"], resources: ["deployments", "deployments/scale", "replicasets"], verbs },
    { apiGroups: ["apps"], resources: ["statefulsets", "statefulsets/scale", "daemonsets"], verbs },
    { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs },
  ];
  return { ...rbac, kind: "ClusterRole", metadata: { name }, rules: [...rules, ...more] };
}

/** What a real server makes by itself at its first start, as far as anybody here relies on it. */
export const bootstrapObjects: readonly Draft[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } },
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } },
  node("node-a"),
  node("node-b"),
  {
    ...rbac,
    kind: "ClusterRole",
    metadata: { name: "system:basic-user" },
    rules: [
      {
        apiGroups: ["authorization.k8s.io"],
        resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
        verbs: ["create"],
      },
      { apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"] },
    ],
  },
  {
    ...rbac,
    kind: "ClusterRole",
    metadata: { name: "system:public-info-viewer" },
    rules: [{ nonResourceURLs: ["/healthz", "/livez", "/readyz", "/version", "/version/"], verbs: ["get"] }],
  },
  userRole("view", reading),
  userRole("edit", [...reading, ...["create", "update", "patch", "delete"]]),
  userRole("admin", [...reading, ...["create", "update", "patch", "delete"]], [rolesToo]),
  { ...rbac, kind: "ClusterRole", metadata: { name: "cluster-admin" }, rules: [everything] },
  {
    ...rbac,
    kind: "ClusterRoleBinding",
    metadata: { name: "system:basic-user" },
    roleRef: roleRef("system:basic-user"),
    subjects: [group("system:authenticated")],
  },
  {
    ...rbac,
    kind: "ClusterRoleBinding",
    metadata: { name: "system:public-info-viewer" },
    roleRef: roleRef("system:public-info-viewer"),
    subjects: [group("system:authenticated"), group("system:unauthenticated")],
  },
];
