import { handleType, operationsNamespace, ownNamespace, protectedNamespaces, workerAccount } from "./accounts.ts";
import { catalogue } from "./catalogue.ts";
import type { OperationKind } from "./operation.ts";
import type { Json } from "./plan.ts";

/**
 * The second lock, for when the worker itself is captured: ValidatingAdmissionPolicies that hold its account and the
 * operations' accounts to less than RBAC can say (facts/kubernetes.md section 5). For Kubernetes 1.30 and later.
 */
export function renderAdmission(): readonly Json[] {
  return [handles, tickets, tokens, places, restarts, pauses, resumes, evictions].flatMap(policyAndBinding);
}

interface Rule {
  readonly expression: string;
  readonly message: string;
}

interface Guard {
  readonly name: string;
  /** Who is held to it: a condition on `request.userInfo.username`. */
  readonly who: string;
  readonly on: { readonly apiGroup: string; readonly resource: string; readonly operations: readonly string[] };
  /** Only there; absent: wherever the account may act. */
  readonly namespaces?: readonly string[];
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly rules: readonly Rule[];
}

const username = "request.userInfo.username";
const theWorker = `${username} == 'system:serviceaccount:${ownNamespace}:${workerAccount}'`;
const operationAccounts = `system:serviceaccount:${operationsNamespace}:`;

function theAccountOf(operation: OperationKind): string {
  return `${username} == '${operationAccounts}${catalogue[operation].account}'`;
}

/** What would let an object do more than stand there: wait for a finalizer, or become something by an annotation. */
const bare: readonly Rule[] = [
  ["annotations", "{}"],
  ["finalizers", "[]"],
  ["ownerReferences", "[]"],
].map(([field, none]) => ({
  expression: `object.metadata.?${field}.orValue(${none}).size() == 0`,
  message: `it must have no ${field}`,
}));

const immutable: Rule = { expression: "object.?immutable.orValue(false) == true", message: "it must be immutable" };

// A Secret of the type kubernetes.io/service-account-token would be filled with a token of the account it names.
const handles: Guard = {
  name: "countersign-handles",
  who: theWorker,
  on: { apiGroup: "", resource: "secrets", operations: ["CREATE", "UPDATE"] },
  namespaces: [operationsNamespace],
  rules: [
    { expression: `object.type == '${handleType}'`, message: `it must be of the type ${handleType}` },
    { expression: "object.?data.orValue({}).size() == 0", message: "it must hold no data" },
    immutable,
    ...bare,
  ],
};

const tickets: Guard = {
  name: "countersign-tickets",
  who: theWorker,
  on: { apiGroup: "", resource: "configmaps", operations: ["CREATE", "UPDATE"] },
  namespaces: [operationsNamespace],
  rules: [immutable, ...bare],
};

const tokens: Guard = {
  name: "countersign-tokens",
  who: theWorker,
  on: { apiGroup: "", resource: "serviceaccounts/token", operations: ["CREATE"] },
  namespaces: [operationsNamespace],
  rules: [{ expression: "object.spec.expirationSeconds <= 600", message: "it must live for at most 600 seconds" }],
};

// Whoever installs Roles in one of them by mistake has not opened it.
const places: Guard = {
  name: "countersign-places",
  who: `${username}.startsWith('${operationAccounts}')`,
  on: { apiGroup: "*", resource: "*/*", operations: ["CREATE", "UPDATE", "DELETE", "CONNECT"] },
  namespaces: protectedNamespaces,
  rules: [{ expression: "false", message: "Countersign does not operate in this namespace" }],
};

const unchanged = (field: string): Rule => {
  const path = (of: string) => `${of}.${field.replace(/\.(\w+)$/, ".?$1")}`;
  return { expression: `${path("object")} == ${path("oldObject")}`, message: `${field} must stay as it is` };
};

const onlyKeys = (map: string, keys: readonly string[], field: string): Rule => {
  const [now, before] = [`variables.${map}`, `variables.${map}Before`];
  const same = `${now}.all(k, k in [${keys.map((key) => `'${key}'`).join(", ")}] || (k in ${before} && ${before}[k] == ${now}[k]))`;
  return {
    expression: `${same} && ${before}.all(k, k in ${now})`,
    message: `of ${field} only ${keys.join(" and ")} may change`,
  };
};

const annotationsOf = (name: string, path: string) => [
  { name, expression: `object.${path}.?annotations.orValue({})` },
  { name: `${name}Before`, expression: `oldObject.${path}.?annotations.orValue({})` },
];

const specFields = [
  "template",
  "replicas",
  "selector",
  "strategy",
  "minReadySeconds",
  "revisionHistoryLimit",
  "paused",
  "progressDeadlineSeconds",
];

/** RBAC can only say `patch deployments`, which would be leave to run any image: this says which of its fields. */
function patching(
  operation: "rollout-restart" | "rollout-pause" | "rollout-resume",
  field: string,
  within: Pick<Guard, "variables" | "rules"> = { rules: [] },
): Guard {
  const { account } = catalogue[operation];
  return {
    name: account,
    who: theAccountOf(operation),
    on: { apiGroup: "apps", resource: "deployments", operations: ["CREATE", "UPDATE"] },
    variables: [...annotationsOf("annotations", "metadata"), ...(within.variables ?? [])],
    rules: [
      {
        expression: "['countersign.dev/request', 'countersign.dev/digest'].all(k, k in variables.annotations)",
        message: "it must name the request and the digest it is made for",
      },
      onlyKeys("annotations", ["countersign.dev/request", "countersign.dev/digest"], "metadata.annotations"),
      ...["labels", "finalizers", "ownerReferences"].map((name) => unchanged(`metadata.${name}`)),
      ...within.rules,
      ...specFields.filter((name) => name !== field).map((name) => unchanged(`spec.${name}`)),
    ],
  };
}

const restarts = patching("rollout-restart", "template", {
  variables: annotationsOf("stamps", "spec.template.metadata"),
  rules: [
    onlyKeys("stamps", ["kubectl.kubernetes.io/restartedAt"], "spec.template.metadata.annotations"),
    ...["labels", "finalizers"].map((field) => unchanged(`spec.template.metadata.${field}`)),
    unchanged("spec.template.spec"),
  ],
});
const pausedIs = (paused: boolean) => ({
  rules: [
    { expression: `object.spec.?paused.orValue(false) == ${paused}`, message: `spec.paused must become ${paused}` },
  ],
});
const pauses = patching("rollout-pause", "paused", pausedIs(true));
const resumes = patching("rollout-resume", "paused", pausedIs(false));

// The right to evict reaches any pod of the namespace by its name, and could cut short the time it is given to end.
const evictions: Guard = {
  name: catalogue["delete-pod"].account,
  who: theAccountOf("delete-pod"),
  on: { apiGroup: "", resource: "pods/eviction", operations: ["CREATE"] },
  rules: [
    {
      expression: "object.?deleteOptions.?preconditions.?uid.orValue('') != ''",
      message: "it must name the pod by its uid",
    },
    ...["gracePeriodSeconds", "propagationPolicy", "orphanDependents"].map((field) => ({
      expression: `!has(object.deleteOptions) || !has(object.deleteOptions.${field})`,
      message: `it must leave ${field} as it is`,
    })),
  ],
};

function policyAndBinding({ name, who, on, namespaces, variables, rules }: Guard): readonly Json[] {
  const apiVersion = "admissionregistration.k8s.io/v1";
  const metadata = { name, labels: { "app.kubernetes.io/name": "countersign" } };
  const { apiGroup, resource, operations } = on;
  const there = namespaces && {
    matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: namespaces }],
  };
  return [
    {
      apiVersion,
      kind: "ValidatingAdmissionPolicy",
      metadata,
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          resourceRules: [{ apiGroups: [apiGroup], apiVersions: ["*"], operations, resources: [resource] }],
          ...(there ? { namespaceSelector: there } : {}),
        },
        matchConditions: [{ name: "account", expression: who }],
        ...(variables ? { variables: variables.map((variable) => ({ ...variable })) } : {}),
        validations: rules.map((rule) => ({ ...rule, reason: "Forbidden" })),
      },
    },
    {
      apiVersion,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata,
      spec: { policyName: name, validationActions: ["Deny", "Audit"] },
    },
  ];
}
