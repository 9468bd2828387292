import { operationsNamespace } from "../accounts.ts";
import { catalogue } from "../catalogue.ts";
import type { OperationKind } from "../operation.ts";
import type { Json } from "../plan.ts";

export interface Rule {
  readonly expression: string;
  readonly message: string;
  /** CEL that makes a closer message. */
  readonly messageExpression?: string;
}

interface Variable {
  readonly name: string;
  readonly expression: string;
}

export interface Guard {
  readonly name: string;
  /** Who is held to it: a condition on `request.userInfo.username`. */
  readonly who: string;
  readonly on: {
    readonly apiGroup: string;
    readonly resource: string | readonly string[];
    readonly operations: readonly string[];
  };
  /** Only there; absent: wherever the account may act. */
  readonly namespaces?: readonly string[];
  readonly variables?: readonly Variable[];
  readonly rules: readonly Rule[];
}

/** Who asks, in the conditions of a policy. */
export const username = "request.userInfo.username";
/** What the names of all operations' accounts begin with there. */
export const operationAccounts = `system:serviceaccount:${operationsNamespace}:`;

export function theAccountOf(operation: OperationKind): string {
  return `${username} == '${operationAccounts}${catalogue[operation].account}'`;
}

export const unchanged = (field: string): Rule => {
  const path = (of: string) => `${of}.${field.replace(/\.(\w+)$/, ".?$1")}`;
  return { expression: `${path("object")} == ${path("oldObject")}`, message: `${field} must stay as it is` };
};

export const onlyKeys = (map: string, keys: readonly string[], field: string): Rule => {
  const [now, before] = [`variables.${map}`, `variables.${map}Before`];
  const same = `${now}.all(k, k in [${keys.map((key) => `'${key}'`).join(", ")}] || (k in ${before} && ${before}[k] == ${now}[k]))`;
  return {
    expression: `${same} && ${before}.all(k, k in ${now})`,
    message: `of ${field} only ${keys.join(" and ")} may change`,
  };
};

/** The labels or annotations at `path`, in the variable `name`, and as they were in `${name}Before`. */
export const mapsAt = (name: string, path: string, map: "labels" | "annotations"): readonly Variable[] => [
  { name, expression: `object.${path}.?${map}.orValue({})` },
  { name: `${name}Before`, expression: `oldObject.${path}.?${map}.orValue({})` },
];

/**
 * Of the fields of this object only these may differ, whatever others it has now or in versions to come. The variable
 * `name` lists those that moved.
 */
export function onlyFields(
  name: string,
  path: string,
  fields: readonly string[],
): { readonly variables: readonly Variable[]; readonly rules: readonly Rule[] } {
  const [now, before] = [`object.${path}`, `oldObject.${path}`];
  const others = `!(k in [${fields.map((field) => `'${field}'`).join(", ")}])`;
  const moved = `${now}.filter(k, ${others} && !(k in ${before} && ${before}[k] == ${now}[k]))`;
  const gone = `${before}.filter(k, ${others} && !(k in ${now}))`;
  return {
    variables: [{ name, expression: `${moved} + ${gone}` }],
    rules: [
      {
        expression: `variables.${name}.size() == 0`,
        message: `of ${path} only ${fields.join(" and ")} may change`,
        messageExpression: `'${path}.' + string(variables.${name}[0]) + ' must stay as it is'`,
      },
    ],
  };
}

/** What every change leaves on an object. */
export const stamps = ["countersign.dev/request", "countersign.dev/digest"];

/** Needs the variable `annotations`. */
export const named: Rule = {
  expression: `[${stamps.map((key) => `'${key}'`).join(", ")}].all(k, k in variables.annotations)`,
  message: "it must name the request and the digest it is made for",
};

/**
 * What holds for every change of an object that stands: it names its request, and leaves the rest of the metadata, but
 * for annotations that the API server writes itself.
 */
export function stampedBut(...itsOwn: readonly string[]): Pick<Guard, "rules"> & Required<Pick<Guard, "variables">> {
  return {
    variables: mapsAt("annotations", "metadata", "annotations"),
    rules: [
      named,
      onlyKeys("annotations", [...stamps, ...itsOwn], "metadata.annotations"),
      ...["labels", "finalizers", "ownerReferences"].map((name) => unchanged(`metadata.${name}`)),
    ],
  };
}

/** As {@link stampedBut}, where the server writes none. */
export const stamped = stampedBut();

/** The policy of a guard, and what puts it in force. */
export function policyAndBinding({ name, who, on, namespaces, variables, rules }: Guard): readonly Json[] {
  const apiVersion = "admissionregistration.k8s.io/v1";
  const metadata = { name, labels: { "app.kubernetes.io/name": "countersign" } };
  const { apiGroup, resource, operations } = on;
  const there = namespaces && {
    matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: namespaces }],
  };
  // What belongs to no namespace is in none of them, and a namespaceSelector alone would let it match.
  const scope = namespaces ? { scope: "Namespaced" } : {};
  return [
    {
      apiVersion,
      kind: "ValidatingAdmissionPolicy",
      metadata,
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          resourceRules: [
            { apiGroups: [apiGroup], apiVersions: ["*"], operations, resources: [resource].flat(), ...scope },
          ],
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
