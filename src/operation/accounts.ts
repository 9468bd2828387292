import { canonical } from "../audit/canonical.ts";
import { catalogue } from "./catalogue.ts";
import { demandGivable, elevationEnd, usualRoles } from "./elevation.ts";
import type { Entry } from "./entry.ts";
import { parseNamespace } from "./name.ts";
import type { Json } from "./plan.ts";
import type { RbacRule } from "./rbac-rule.ts";
import { readerAccount } from "./reader-account.ts";

/** Where Countersign itself runs. */
export const ownNamespace = "countersign";
/** Where the operation accounts, the tickets and the handles live; no other account may live there. */
export const operationsNamespace = "countersign-operations";
/** Where no operation changes anything: whoever could would hold the cluster, or Countersign itself. */
export const protectedNamespaces: readonly string[] = [
  "kube-system",
  "kube-public",
  "kube-node-lease",
  ownNamespace,
  operationsNamespace,
];
/** The service account of the worker process. */
export const workerAccount = "countersign-worker";

/** The type of the Secrets that stand for one execution each; the worker may make no others. */
export const handleType = "countersign.dev/handle";

/** Account -> all that it may do, in the order of the catalogue; operations that share an account share its rules. */
const operationAccounts: ReadonlyMap<string, readonly RbacRule[]> = accountsOf(Object.values(catalogue));

/** All that an operation's account may do; nothing for a name that is none of them. */
export function rulesOf(account: string): readonly RbacRule[] {
  return operationAccounts.get(account) ?? [];
}

/**
 * All that the worker may do with its own account, in the namespace of the operation accounts. With `get` or `update`
 * on Secrets it could make itself a token of any account there (facts/kubernetes.md section 5.3).
 */
export const workerRules: readonly RbacRule[] = [
  {
    apiGroups: [""],
    resources: ["serviceaccounts/token"],
    resourceNames: [...operationAccounts.keys()],
    verbs: ["create"],
  },
  { apiGroups: [""], resources: ["configmaps"], verbs: ["create", "get"] },
  { apiGroups: [""], resources: ["secrets"], verbs: ["create", "delete"] },
];

/**
 * Everything an administrator installs so that the catalogue's operations can run in these namespaces: namespaces,
 * accounts, Roles and RoleBindings, in a stable order. Throws for a name that is no namespace, and for a protected one.
 * `roles` are the ClusterRoles that may be held for a while, the usual ones when absent; throws for one that could outlast its end.
 */
export function renderAccounts(options: {
  readonly namespaces: readonly string[];
  readonly roles?: readonly string[];
}): readonly Json[] {
  const roles = demandGivable(options.roles ?? usualRoles);
  const namespaces = [...new Set(options.namespaces)].sort();
  for (const namespace of namespaces) {
    if (parseNamespace(namespace) === undefined) throw new Error(`${JSON.stringify(namespace)} cannot be a namespace`);
    if (protectedNamespaces.includes(namespace))
      throw new Error(`Countersign does not operate in the namespace ${namespace}`);
  }
  const worker = { name: workerAccount, namespace: ownNamespace };
  const accounts = [...operationAccounts].map(
    ([name, rules]) => [name, rules.map((rule) => (isBind(rule) ? { ...rule, resourceNames: roles } : rule))] as const,
  );
  return [
    namespaceObject(ownNamespace),
    namespaceObject(operationsNamespace),
    serviceAccount(worker, true),
    ...bound(workerAccount, operationsNamespace, workerRules, worker),
    ...[...operationAccounts.keys()].map((name) => serviceAccount({ name, namespace: operationsNamespace }, false)),
    ...accounts.flatMap(([name, rules]) =>
      bound(name, undefined, rules.filter(isWide), { name, namespace: operationsNamespace }),
    ),
    ...namespaces.flatMap((namespace) =>
      accounts.flatMap(([name, rules]) =>
        bound(
          name,
          namespace,
          rules.filter((rule) => !isWide(rule)),
          { name, namespace: operationsNamespace },
        ),
      ),
    ),
  ];
}

interface Account {
  readonly name: string;
  readonly namespace: string;
}

function accountsOf(entries: readonly Pick<Entry<never>, "account" | "rules" | "plansWith">[]) {
  const accounts = new Map<string, readonly RbacRule[]>();
  const add = (account: string, rules: readonly RbacRule[]) =>
    accounts.set(account, distinct([...(accounts.get(account) ?? []), ...rules]));
  // What has no rules of its own runs under the accounts of others, and has none.
  for (const { account, rules } of entries) if (rules.length > 0) add(account, rules);
  for (const { plansWith = [] } of entries) add(readerAccount, plansWith);
  add(elevationEnd.account, elevationEnd.rules);
  return accounts;
}

function distinct(rules: readonly RbacRule[]): readonly RbacRule[] {
  return [...new Map(rules.map((rule) => [canonical(rule), rule])).values()];
}

function isBind({ verbs }: RbacRule): boolean {
  return verbs.includes("bind");
}

function isWide({ scope }: RbacRule): boolean {
  return scope === "cluster";
}

const labels = { "app.kubernetes.io/name": "countersign" };

function namespaceObject(name: string): Json {
  const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { ...labels, ...restricted } } };
}

function serviceAccount({ name, namespace }: Account, automountServiceAccountToken: boolean): Json {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, namespace, labels },
    automountServiceAccountToken,
  };
}

/** A Role in a namespace, or without one a ClusterRole, and what binds it to the account; nothing for no rules. */
function bound(
  name: string,
  namespace: string | undefined,
  rules: readonly RbacRule[],
  account: Account,
): readonly Json[] {
  if (rules.length === 0) return [];
  const apiGroup = "rbac.authorization.k8s.io";
  const apiVersion = `${apiGroup}/v1`;
  const kind = namespace === undefined ? "ClusterRole" : "Role";
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), labels };
  return [
    { apiVersion, kind, metadata, rules: rules.map(({ scope: _, ...rule }) => rule) },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup, kind, name },
      subjects: [{ kind: "ServiceAccount", name: account.name, namespace: account.namespace }],
    },
  ];
}
