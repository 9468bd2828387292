import { type Fields, fieldsOf, isFields } from "./object.ts";

/** What the server fills in, as v1.36 shows it on a created object. */
export function withDefaults(kind: string, object: Fields): Fields {
  const spec = fieldsOf(object["spec"]);
  switch (kind) {
    case "Deployment":
      return { ...object, spec: deploymentSpec(spec), status: object["status"] ?? {} };
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
  const template = fieldsOf(spec["template"]);
  const strategy = { type: "RollingUpdate", ...fieldsOf(spec["strategy"]) } as Fields;
  const rolling = { maxUnavailable: "25%", maxSurge: "25%", ...fieldsOf(strategy["rollingUpdate"]) };
  return {
    replicas: 1,
    ...spec,
    template: { ...template, metadata: fieldsOf(template["metadata"]), spec: podSpec(fieldsOf(template["spec"])) },
    strategy: strategy["type"] === "RollingUpdate" ? { ...strategy, rollingUpdate: rolling } : strategy,
    revisionHistoryLimit: spec["revisionHistoryLimit"] ?? 10,
    progressDeadlineSeconds: spec["progressDeadlineSeconds"] ?? 600,
  };
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
