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

const workloadSpec = {
  replicas: "integer",
  minReadySeconds: "integer",
  selector: open("matchLabels matchExpressions"),
  template: { metadata, spec: podSpec },
} as const;

const object = (fields: Record<string, Shape>): Shape => ({ apiVersion: "any", kind: "any", metadata, ...fields });

const specOf: Readonly<Record<string, Shape>> = {
  Namespace: object({ spec: open("finalizers"), status: "any" }),
  Pod: object({ spec: podSpec, status: "any" }),
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
};

export function shapeOf(kind: string): Shape {
  const shape = specOf[kind];
  if (!shape) throw new Error(`the double knows no fields of ${kind}`);
  return shape;
}
