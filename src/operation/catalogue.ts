import type { Operation, OperationKind } from "./operation.ts";

/** One rule of an RBAC Role; `verbs` are RBAC verbs, never `*`. */
export interface RbacRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Limited to objects of these names. */
  readonly resourceNames?: readonly string[];
  /** `cluster`: for the whole cluster, by a ClusterRole; else for the namespaces that are installed. */
  readonly scope?: "cluster";
}

/** One line of the catalogue: everything that is true of every use of an operation. */
export interface CatalogueEntry {
  readonly usage: string;
  readonly summary: string;
  /** `@read` costs no prompt by itself; `@change` alters the cluster. */
  readonly group: "@read" | "@change";
  /** May be repeated with the same precondition after a crash without a second effect. */
  readonly idempotent: boolean;
  /** The service account it runs under, in the namespace of the operation accounts. */
  readonly account: string;
  /** All that this account may do, in the namespaces it is installed for. */
  readonly rules: readonly RbacRule[];
}

export const catalogue = {
  get: {
    usage: "get pods|deployments [NAME] -n NAMESPACE",
    summary: "list pods or deployments",
    group: "@read",
    idempotent: true,
    account: "countersign-reader",
    rules: [
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
      { apiGroups: ["apps"], resources: ["deployments", "replicasets"], verbs: ["get", "list"] },
      { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["list"] },
      { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: ["list"] },
    ],
  },
  "rollout-restart": {
    usage: "rollout restart deploy/NAME -n NAMESPACE -- REASON",
    summary: "replace all pods of a deployment, one after the other",
    group: "@change",
    idempotent: true,
    account: "countersign-rollout-restart",
    rules: [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch", "patch"] }],
  },
  scale: {
    usage: "scale deploy/NAME --replicas=N -n NAMESPACE -- REASON",
    summary: "set the number of replicas of a deployment",
    group: "@change",
    idempotent: true,
    account: "countersign-scale",
    rules: [
      { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch"] },
      { apiGroups: ["apps"], resources: ["deployments/scale"], verbs: ["get", "patch"] },
    ],
  },
} as const satisfies Record<OperationKind, CatalogueEntry>;

export function entryOf(operation: Operation): CatalogueEntry {
  return catalogue[operation.kind];
}

/** The command line that asks for this operation, without the reason: what approvers and the audit trail see. */
export function spoken(operation: Operation): string {
  const where = `-n ${operation.kind === "get" ? operation.namespace : operation.target.namespace} -c ${operation.cluster}`;
  switch (operation.kind) {
    case "get":
      return `get ${operation.resource}${operation.name ? ` ${operation.name}` : ""} ${where}`;
    case "rollout-restart":
      return `rollout restart deploy/${operation.target.name} ${where}`;
    case "scale":
      return `scale deploy/${operation.target.name} --replicas=${operation.replicas} ${where}`;
  }
}
