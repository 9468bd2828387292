/**
 * Which fields a kind has, as deep as strict validation is worth to us. `any` ends the search; a list of names is an
 * object whose fields are not looked into. From the OpenAPI document of Kubernetes v1.36.
 */
export type Shape = "any" | "integer" | "boolean" | "strings" | { readonly [field: string]: Shape } | readonly [Shape];

const open = (names: string): Record<string, Shape> =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, "any" as const]),
  );

const metadata: Shape = {
  ...open(`name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp
    deletionGracePeriodSeconds ownerReferences finalizers managedFields`),
  labels: "strings",
  annotations: "strings",
};

const container: Shape = open(`args command env envFrom image imagePullPolicy lifecycle livenessProbe name ports
  readinessProbe resizePolicy resources restartPolicy restartPolicyRules securityContext startupProbe stdin stdinOnce
  terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir`);

const podSpec: Shape = {
  ...open(`activeDeadlineSeconds affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks
    ephemeralContainers hostAliases hostIPC hostNetwork hostPID hostUsers hostname hostnameOverride imagePullSecrets
    nodeName nodeSelector os overhead preemptionPolicy priority priorityClassName readinessGates resourceClaims
    resources restartPolicy runtimeClassName schedulerName schedulingGates securityContext serviceAccount
    serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds tolerations
    topologySpreadConstraints volumes workloadRef`),
  containers: [container],
  initContainers: [container],
};

const template = { metadata, spec: podSpec } as const;

const workloadSpec = {
  replicas: "integer",
  minReadySeconds: "integer",
  selector: open("matchLabels matchExpressions"),
  template,
} as const;

const jobSpec: Shape = {
  ...open(`activeDeadlineSeconds backoffLimit backoffLimitPerIndex completionMode managedBy manualSelector
    maxFailedIndexes podFailurePolicy podReplacementPolicy selector successPolicy ttlSecondsAfterFinished`),
  parallelism: "integer",
  completions: "integer",
  suspend: "boolean",
  template,
};

const deleteOptions = open(`apiVersion kind dryRun gracePeriodSeconds ignoreStoreReadErrorWithClusterBreakingPotential
  orphanDependents preconditions propagationPolicy`);

const object = (fields: Record<string, Shape>): Shape => ({ apiVersion: "any", kind: "any", metadata, ...fields });

const specOf: Readonly<Record<string, Shape>> = {
  Namespace: object({ spec: open("finalizers"), status: "any" }),
  Node: object({
    spec: { ...open("configSource externalID podCIDR podCIDRs providerID taints"), unschedulable: "boolean" },
    status: "any",
  }),
  Pod: object({ spec: podSpec, status: "any" }),
  Service: object({
    spec: open(`allocateLoadBalancerNodePorts clusterIP clusterIPs externalIPs externalName externalTrafficPolicy
      healthCheckNodePort internalTrafficPolicy ipFamilies ipFamilyPolicy loadBalancerClass loadBalancerIP
      loadBalancerSourceRanges ports publishNotReadyAddresses selector sessionAffinity sessionAffinityConfig
      trafficDistribution type`),
    status: "any",
  }),
  Event: object(
    open(`action count eventTime firstTimestamp involvedObject lastTimestamp message reason related reportingComponent
      reportingInstance series source type`),
  ),
  ConfigMap: object({ immutable: "boolean", data: "strings", binaryData: "strings" }),
  Secret: object({ immutable: "boolean", data: "strings", stringData: "strings", type: "any" }),
  ServiceAccount: object(open("automountServiceAccountToken imagePullSecrets secrets")),
  Deployment: object({
    spec: {
      ...workloadSpec,
      strategy: { type: "any", rollingUpdate: open("maxSurge maxUnavailable") },
      revisionHistoryLimit: "integer",
      progressDeadlineSeconds: "integer",
      paused: "boolean",
    },
    status: "any",
  }),
  ReplicaSet: object({ spec: workloadSpec, status: "any" }),
  StatefulSet: object({
    spec: {
      ...workloadSpec,
      ...open(`ordinals persistentVolumeClaimRetentionPolicy podManagementPolicy serviceName updateStrategy
        volumeClaimTemplates`),
      revisionHistoryLimit: "integer",
    },
    status: "any",
  }),
  DaemonSet: object({
    spec: {
      minReadySeconds: "integer",
      selector: workloadSpec.selector,
      template,
      updateStrategy: "any",
      revisionHistoryLimit: "integer",
    },
    status: "any",
  }),
  ControllerRevision: object({ data: "any", revision: "integer" }),
  Job: object({ spec: jobSpec, status: "any" }),
  CronJob: object({
    spec: {
      ...open("concurrencyPolicy failedJobsHistoryLimit schedule startingDeadlineSeconds successfulJobsHistoryLimit"),
      timeZone: "any",
      suspend: "boolean",
      jobTemplate: { metadata, spec: jobSpec },
    },
    status: "any",
  }),
  Eviction: object({ deleteOptions }),
  DeleteOptions: { apiVersion: "any", kind: "any", ...deleteOptions },
  Scale: object({ spec: { replicas: "integer" }, status: "any" }),
  Role: object({ rules: [open("apiGroups resources resourceNames verbs nonResourceURLs")] }),
  ClusterRole: object({
    rules: [open("apiGroups resources resourceNames verbs nonResourceURLs")],
    aggregationRule: "any",
  }),
  RoleBinding: object({ subjects: [open("apiGroup kind name namespace")], roleRef: open("apiGroup kind name") }),
  ClusterRoleBinding: object({ subjects: [open("apiGroup kind name namespace")], roleRef: open("apiGroup kind name") }),
  PodDisruptionBudget: object({
    spec: open("maxUnavailable minAvailable selector unhealthyPodEvictionPolicy"),
    status: "any",
  }),
  HorizontalPodAutoscaler: object({
    spec: { ...open("behavior metrics scaleTargetRef"), minReplicas: "integer", maxReplicas: "integer" },
    status: "any",
  }),
  TokenRequest: object({
    spec: { ...open("audiences boundObjectRef"), expirationSeconds: "integer" },
    status: "any",
  }),
  SelfSubjectReview: object({ status: "any" }),
  SelfSubjectAccessReview: object({ spec: open("resourceAttributes nonResourceAttributes"), status: "any" }),
  SubjectAccessReview: object({
    spec: open("extra groups nonResourceAttributes resourceAttributes uid user"),
    status: "any",
  }),
};

export function shapeOf(kind: string): Shape {
  const shape = specOf[kind];
  if (!shape) throw new Error(`the double knows no fields of ${kind}`);
  return shape;
}
