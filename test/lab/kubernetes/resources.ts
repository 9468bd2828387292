/** One kind of object that the double serves. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly subresources: readonly string[];
  /** Has `metadata.generation`, which counts changes of the spec. */
  readonly counted: boolean;
  /** A question, not an object: only `create`, and nothing is stored. */
  readonly question: boolean;
}

const rbac = "rbac.authorization.k8s.io";

const table: readonly Resource[] = [
  resource("", "v1", "namespaces", "Namespace", { namespaced: false }),
  resource("", "v1", "pods", "Pod", { counted: true }),
  resource("", "v1", "configmaps", "ConfigMap"),
  resource("", "v1", "secrets", "Secret"),
  resource("", "v1", "serviceaccounts", "ServiceAccount", { subresources: ["token"] }),
  resource("apps", "v1", "deployments", "Deployment", { counted: true, subresources: ["scale"] }),
  resource("apps", "v1", "replicasets", "ReplicaSet", { counted: true }),
  resource(rbac, "v1", "roles", "Role"),
  resource(rbac, "v1", "rolebindings", "RoleBinding"),
  resource(rbac, "v1", "clusterroles", "ClusterRole", { namespaced: false }),
  resource(rbac, "v1", "clusterrolebindings", "ClusterRoleBinding", { namespaced: false }),
  resource("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", { counted: true }),
  resource("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
  resource("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", {
    namespaced: false,
    question: true,
  }),
  resource("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", {
    namespaced: false,
    question: true,
  }),
];

function resource(
  group: string,
  version: string,
  plural: string,
  kind: string,
  rest: Partial<Pick<Resource, "namespaced" | "subresources" | "counted" | "question">> = {},
): Resource {
  return { group, version, plural, kind, namespaced: true, subresources: [], counted: false, question: false, ...rest };
}

export function findResource(group: string, version: string, plural: string): Resource | undefined {
  return table.find((one) => one.group === group && one.version === version && one.plural === plural);
}

/** The resource of a kind that the double surely has; throws for any other. */
export function resourceOfKind(kind: string): Resource {
  const found = table.find((one) => one.kind === kind);
  if (!found) throw new Error(`the double has no resource of kind ${kind}`);
  return found;
}

export function apiVersionOf({ group, version }: Pick<Resource, "group" | "version">): string {
  return group ? `${group}/${version}` : version;
}

/** `deployments.apps`, `pods`: as messages name a resource. */
export function qualified({ group, plural }: Pick<Resource, "group" | "plural">): string {
  return group ? `${plural}.${group}` : plural;
}

/** The path of a collection, such as `/apis/apps/v1/namespaces/prod/deployments`. */
export function collectionPath(kind: string, namespace?: string): string {
  const found = resourceOfKind(kind);
  const root = found.group ? `/apis/${apiVersionOf(found)}` : `/api/${found.version}`;
  return `${root}${found.namespaced ? `/namespaces/${namespace ?? "default"}` : ""}/${found.plural}`;
}
