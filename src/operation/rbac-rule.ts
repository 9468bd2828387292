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
