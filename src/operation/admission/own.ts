import { handleType, operationsNamespace, ownNamespace, protectedNamespaces, workerAccount } from "../accounts.ts";
import { type Guard, operationAccounts, type Rule, theAccountOf, username } from "./guard.ts";

const theWorker = `${username} == 'system:serviceaccount:${ownNamespace}:${workerAccount}'`;

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
export const handles: Guard = {
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

export const tickets: Guard = {
  name: "countersign-tickets",
  who: theWorker,
  on: { apiGroup: "", resource: "configmaps", operations: ["CREATE", "UPDATE"] },
  namespaces: [operationsNamespace],
  rules: [immutable, ...bare],
};

export const tokens: Guard = {
  name: "countersign-tokens",
  who: theWorker,
  on: { apiGroup: "", resource: "serviceaccounts/token", operations: ["CREATE"] },
  namespaces: [operationsNamespace],
  rules: [{ expression: "object.spec.expirationSeconds <= 600", message: "it must live for at most 600 seconds" }],
};

// Whoever installs Roles in one of them by mistake has not opened it. A drain must be able to evict what is on its
// node, whatever namespace that belongs to; it can do nothing else there.
export const places: Guard = {
  name: "countersign-places",
  who: `${username}.startsWith('${operationAccounts}') && !(${theAccountOf("drain")})`,
  on: { apiGroup: "*", resource: "*/*", operations: ["CREATE", "UPDATE", "DELETE", "CONNECT"] },
  namespaces: protectedNamespaces,
  rules: [{ expression: "false", message: "Countersign does not operate in this namespace" }],
};
