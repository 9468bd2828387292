import { type Fields, fieldsOf, isFields, timestamp, without } from "./object.ts";

/** What the server fills in, as v1.36 shows it on a created object. */
export function withDefaults(kind: string, object: Fields): Fields {
  const spec = fieldsOf(object["spec"]);
  switch (kind) {
    case "Deployment":
      return { ...object, spec: deploymentSpec(spec), status: object["status"] ?? {} };
    case "StatefulSet":
      return {
        ...object,
        spec: statefulSetSpec(spec),
        status: object["status"] ?? { replicas: 0, availableReplicas: 0 },
      };
    case "DaemonSet":
      return { ...object, spec: daemonSetSpec(spec), status: object["status"] ?? unscheduled };
    case "Job":
      return job(object, spec);
    case "CronJob":
      return { ...object, spec: cronJobSpec(spec), status: object["status"] ?? {} };
    case "Node":
      return { ...object, spec: withoutFalse(spec, "unschedulable"), status: object["status"] ?? nodeStatus() };
    case "Service":
      return { ...object, spec: serviceSpec(spec), status: object["status"] ?? { loadBalancer: {} } };
    case "Pod":
      return {
        ...object,
        spec: podSpec(spec),
        status: object["status"] ?? { phase: "Pending", qosClass: "BestEffort" },
      };
    case "Namespace": {
      const metadata = fieldsOf(object["metadata"]);
      const labels = { ...fieldsOf(metadata["labels"]), "kubernetes.io/metadata.name": metadata["name"] };
      return {
        ...object,
        metadata: { ...metadata, labels },
        spec: { finalizers: ["kubernetes"], ...spec },
        status: object["status"] ?? { phase: "Active" },
      };
    }
    case "Secret":
      return secret(object);
    case "PodDisruptionBudget":
      return {
        ...object,
        status: object["status"] ?? { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
      };
    case "HorizontalPodAutoscaler":
      return {
        ...object,
        spec: { minReplicas: 1, ...spec },
        status: object["status"] ?? { desiredReplicas: 0, currentMetrics: null },
      };
    case "Role":
    case "ClusterRole":
      return { rules: null, ...object };
    default:
      return object;
  }
}

function deploymentSpec(spec: Fields): Fields {
  const strategy = { type: "RollingUpdate", ...fieldsOf(spec["strategy"]) } as Fields;
  const rolling = { maxUnavailable: "25%", maxSurge: "25%", ...fieldsOf(strategy["rollingUpdate"]) };
  return {
    replicas: 1,
    ...withoutFalse(spec, "paused"),
    template: podTemplate(spec["template"]),
    strategy: strategy["type"] === "RollingUpdate" ? { ...strategy, rollingUpdate: rolling } : strategy,
    revisionHistoryLimit: spec["revisionHistoryLimit"] ?? 10,
    progressDeadlineSeconds: spec["progressDeadlineSeconds"] ?? 600,
  };
}

function statefulSetSpec(spec: Fields): Fields {
  const strategy = { type: "RollingUpdate", ...fieldsOf(spec["updateStrategy"]) } as Fields;
  const rolling = { partition: 0, ...fieldsOf(strategy["rollingUpdate"]) };
  return {
    replicas: 1,
    podManagementPolicy: "OrderedReady",
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    ...spec,
    template: podTemplate(spec["template"]),
    updateStrategy: strategy["type"] === "RollingUpdate" ? { ...strategy, rollingUpdate: rolling } : strategy,
    revisionHistoryLimit: spec["revisionHistoryLimit"] ?? 10,
  };
}

const unscheduled = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };

function daemonSetSpec(spec: Fields): Fields {
  const strategy = { type: "RollingUpdate", ...fieldsOf(spec["updateStrategy"]) } as Fields;
  const rolling = { maxUnavailable: 1, maxSurge: 0, ...fieldsOf(strategy["rollingUpdate"]) };
  return {
    ...spec,
    template: podTemplate(spec["template"]),
    updateStrategy: strategy["type"] === "RollingUpdate" ? { ...strategy, rollingUpdate: rolling } : strategy,
    revisionHistoryLimit: spec["revisionHistoryLimit"] ?? 10,
  };
}

function cronJobSpec(spec: Fields): Fields {
  const jobTemplate = fieldsOf(spec["jobTemplate"]);
  return {
    concurrencyPolicy: "Allow",
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
    ...spec,
    suspend: spec["suspend"] ?? false,
    jobTemplate: {
      metadata: {},
      ...jobTemplate,
      spec: { ...fieldsOf(jobTemplate["spec"]), template: podTemplate(fieldsOf(jobTemplate["spec"])["template"]) },
    },
  };
}

/** A Job selects its pods by its own uid. */
function job(object: Fields, spec: Fields): Fields {
  const metadata = fieldsOf(object["metadata"]);
  const { name, uid } = metadata;
  const selector = { "batch.kubernetes.io/controller-uid": uid };
  const labels = { ...selector, "batch.kubernetes.io/job-name": name, "controller-uid": uid, "job-name": name };
  const template = podTemplate(spec["template"]);
  const ofPods = fieldsOf(template["metadata"]);
  return {
    ...object,
    metadata: { ...metadata, labels: { ...fieldsOf(metadata["labels"]), ...labels } },
    spec: {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      manualSelector: false,
      completionMode: "NonIndexed",
      podReplacementPolicy: "TerminatingOrFailed",
      ...spec,
      suspend: spec["suspend"] ?? false,
      selector: { matchLabels: selector },
      template: { ...template, metadata: { ...ofPods, labels: { ...fieldsOf(ofPods["labels"]), ...labels } } },
    },
    status: object["status"] ?? {},
  };
}

function serviceSpec(spec: Fields): Fields {
  const ports = Array.isArray(spec["ports"]) ? spec["ports"].filter(isFields) : [];
  return {
    type: "ClusterIP",
    sessionAffinity: "None",
    ...spec,
    ports: ports.map((port) => ({ protocol: "TCP", targetPort: port["port"], ...port })),
  };
}

/** Healthy and roomy. */
function nodeStatus(): Fields {
  const room = { cpu: "4", memory: "16Gi", pods: "110" };
  const lastTransitionTime = timestamp(Date.now());
  const conditions = [{ type: "Ready", status: "True", reason: "KubeletReady", lastTransitionTime }];
  const nodeInfo = {
    kubeletVersion: "v1.36.0",
    osImage: "Debian GNU/Linux 13",
    containerRuntimeVersion: "containerd://2.2.0",
  };
  return { capacity: room, allocatable: room, conditions, nodeInfo };
}

/** The server keeps no `false` where that is the same as nothing. */
function withoutFalse(spec: Fields, field: string): Fields {
  return spec[field] === false ? without(spec, field) : spec;
}

function podTemplate(template: unknown): Fields {
  const { metadata, spec, ...rest } = fieldsOf(template);
  return { ...rest, metadata: fieldsOf(metadata), spec: podSpec(fieldsOf(spec)) };
}

function podSpec(spec: Fields): Fields {
  return {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
    ...spec,
    ...containers(spec, "initContainers"),
    ...containers(spec, "containers"),
  };
}

function containers(spec: Fields, field: string): Fields {
  const list = spec[field];
  if (!Array.isArray(list)) return {};
  return {
    [field]: list.filter(isFields).map((container) => ({
      resources: {},
      terminationMessagePath: "/dev/termination-log",
      terminationMessagePolicy: "File",
      imagePullPolicy: /:latest$|^[^:]*$/.test(String(container["image"])) ? "Always" : "IfNotPresent",
      ...container,
    })),
  };
}

/** `stringData` is for writing only. */
function secret({ stringData, ...object }: Fields): Fields {
  const encoded = Object.entries(fieldsOf(stringData)).map(([key, text]) => [key, btoa(String(text))]);
  const data = encoded.length > 0 ? { data: { ...fieldsOf(object["data"]), ...Object.fromEntries(encoded) } } : {};
  return { ...object, ...data, type: object["type"] ?? "Opaque" };
}
