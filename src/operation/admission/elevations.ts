import { catalogue } from "../catalogue.ts";
import {
  elevationEnd,
  elevationLabel,
  elevationName,
  expiresAnnotation,
  longestBinding,
  requesterAnnotation,
} from "../elevation.ts";
import { type Guard, operationAccounts, theAccountOf, username } from "./guard.ts";

const group = "rbac.authorization.k8s.io";
const listed = (words: readonly string[]) => `[${words.map((word) => `'${word}'`).join(", ")}]`;

const isElevation = (object: string) => [
  {
    expression: `${object}.metadata.?labels[?'${elevationLabel}'].orValue('') == 'true'`,
    message: `it must bear the label ${elevationLabel}`,
  },
  {
    expression: `${object}.metadata.name.startsWith('${elevationName("")}')`,
    message: `its name must begin with ${elevationName("")}`,
  },
];

const marks = ["countersign.dev/request", "countersign.dev/digest", requesterAnnotation, expiresAnnotation];

/**
 * What RBAC cannot say of the accounts that make and end elevations: to whom roles may be bound and for how long, and
 * that no other binding is ever removed. A finalizer or an owner would let one outlast its end. The clock is the API
 * server's own, which stamps an object before it is validated.
 */
export function elevationGuards(roles: readonly string[]): readonly Guard[] {
  return [
    {
      name: catalogue.elevate.account,
      who: theAccountOf("elevate"),
      on: { apiGroup: group, resource: "rolebindings", operations: ["CREATE", "UPDATE"] },
      variables: [
        { name: "annotations", expression: "object.metadata.?annotations.orValue({})" },
        { name: "subjects", expression: "object.?subjects.orValue([])" },
      ],
      rules: [
        { expression: "request.operation == 'CREATE'", message: "it is made, and never changed" },
        {
          expression: `${listed(marks)}.all(k, k in variables.annotations)`,
          message: "it must name its request, digest, requester and end",
        },
        ...isElevation("object"),
        {
          expression: `object.metadata.name == '${elevationName("")}' + variables.annotations[?'countersign.dev/request'].orValue('')`,
          message: "it must be named after its request",
        },
        ...["finalizers", "ownerReferences"].map((field) => ({
          expression: `object.metadata.?${field}.orValue([]).size() == 0`,
          message: `it must have no ${field}`,
        })),
        {
          expression: `object.roleRef.kind == 'ClusterRole' && object.roleRef.name in ${listed(roles)}`,
          message: `it may give only ${roles.join(" or ")}`,
        },
        {
          expression:
            "variables.subjects.size() == 1 && variables.subjects.all(s, s.kind in ['User', 'Group'] && !s.name.startsWith('system:'))",
          message: "it must be for one user or group, and none of the cluster's own",
        },
        {
          expression: `timestamp(variables.annotations[?'${expiresAnnotation}'].orValue('')) <= timestamp(object.metadata.creationTimestamp) + duration('${longestBinding / 1000}s')`,
          message: `it must end within ${longestBinding / 60_000} minutes`,
        },
      ],
    },
    {
      name: elevationEnd.account,
      who: `${username} == '${operationAccounts}${elevationEnd.account}'`,
      on: { apiGroup: group, resource: "rolebindings", operations: ["CREATE", "UPDATE", "DELETE"] },
      rules: [
        { expression: "request.operation == 'DELETE'", message: "it may only remove" },
        ...isElevation("(request.operation == 'DELETE' ? oldObject : object)"),
      ],
    },
  ];
}
