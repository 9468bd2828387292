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
  /** Computed when read, and served only when measuring is switched on. */
  readonly measured: boolean;
  /** What a field selector may name beside the name and the namespace. */
  readonly selectable: readonly string[];
}

type Traits = Partial<Omit<Resource, "group" | "version" | "plural" | "kind">>;

const rbac = "rbac.authorization.k8s.io";
const clusterWide: Traits = { namespaced: false };
const counted: Traits = { counted: true };
const question: Traits = { namespaced: false, question: true };
const scaled: Traits = { counted: true, subresources: ["scale"] };

const table: readonly Resource[] = [
  resource("", "v1", "namespaces", "Namespace", clusterWide),
  resource("", "v1", "nodes", "Node", {
    ...clusterWide,
    subresources: ["status"],
    selectable: ["spec.unschedulable"],
  }),
  resource("", "v1", "pods", "Pod", {
    ...counted,
    subresources: ["eviction", "log", "status"],
    selectable: ["spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "status.phase"],
  }),
  resource("", "v1", "configmaps", "ConfigMap"),
  resource("", "v1", "secrets", "Secret"),
  resource("", "v1", "services", "Service"),
  resource("", "v1", "serviceaccounts", "ServiceAccount", { subresources: ["token"] }),
  resource("", "v1", "events", "Event", {
    selectable: [
      ...["kind", "namespace", "name", "uid", "apiVersion", "fieldPath"].map((field) => `involvedObject.${field}`),
      ...["reason", "reportingComponent", "type"],
    ],
  }),
  resource("apps", "v1", "deployments", "Deployment", scaled),
  resource("apps", "v1", "replicasets", "ReplicaSet", counted),
  resource("apps", "v1", "statefulsets", "StatefulSet", scaled),
  resource("apps", "v1", "daemonsets", "DaemonSet", counted),
  resource("apps", "v1", "controllerrevisions", "ControllerRevision"),
  resource("batch", "v1", "jobs", "Job", counted),
  resource("batch", "v1", "cronjobs", "CronJob", { ...counted, subresources: ["status"] }),
  resource(rbac, "v1", "roles", "Role"),
  resource(rbac, "v1", "rolebindings", "RoleBinding"),
  resource(rbac, "v1", "clusterroles", "ClusterRole", clusterWide),
  resource(rbac, "v1", "clusterrolebindings", "ClusterRoleBinding", clusterWide),
  resource("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", counted),
  resource("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
  resource("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", question),
  resource("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", question),
  resource("authorization.k8s.io", "v1", "subjectaccessreviews", "SubjectAccessReview", question),
  resource("metrics.k8s.io", "v1beta1", "pods", "PodMetrics", { measured: true }),
  resource("metrics.k8s.io", "v1beta1", "nodes", "NodeMetrics", { ...clusterWide, measured: true }),
];

function resource(group: string, version: string, plural: string, kind: string, traits: Traits = {}): Resource {
  const usual = { namespaced: true, counted: false, question: false, measured: false };
  return { group, version, plural, kind, ...usual, subresources: [], selectable: [], ...traits };
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
