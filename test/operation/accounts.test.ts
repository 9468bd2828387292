import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { parseAllDocuments } from "yaml";
import { renderAccounts, rulesOf } from "../../src/operation/accounts.ts";
import { catalogue } from "../../src/operation/catalogue.ts";
import { elevationEnd } from "../../src/operation/elevation.ts";
import type { Entry } from "../../src/operation/entry.ts";
import { readerAccount } from "../../src/operation/reader-account.ts";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

interface Thing {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
  readonly automountServiceAccountToken?: boolean;
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace: string }[];
}

const manifests = new URL("../../manifests/", import.meta.url);

function read(file: string): readonly Thing[] {
  return parseAllDocuments(readFileSync(new URL(file, manifests), "utf8")).flatMap((document) => {
    assert.deepEqual(document.errors, [], file);
    const object: unknown = document.toJS();
    return object === null ? [] : [object as Thing];
  });
}

const render = (...namespaces: string[]) => renderAccounts({ namespaces }) as unknown as readonly Thing[];
const inNoNamespace = ["nodes", "clusterroles"];
const place = ({ kind, metadata }: Thing) => `${kind} ${metadata.namespace ?? "-"}/${metadata.name}`;

describe("renderAccounts", () => {
  it("is what manifests/base/accounts.yaml holds, for the namespace prod", () => {
    assert.deepEqual(read("base/accounts.yaml"), render("prod"));
  });

  it("renders the same for the same namespaces, in whatever order and however often they are named", () => {
    assert.deepEqual(render("b", "a", "b"), render("a", "b"));
    assert.notDeepEqual(render("a"), render("a", "b"));
  });

  it("gives each account a Role of just its rules in each namespace, and one of the cluster for those that need it", () => {
    const objects = render("prod", "staging");
    for (const { account } of Object.values(catalogue)) {
      const rules = rulesOf(account);
      const plain = rules.map(({ scope: _, ...rule }) => rule);
      const [wide, narrow] = [true, false].map((is) => plain.filter((_, i) => (rules[i]?.scope === "cluster") === is));
      const roles = objects.filter(({ kind, metadata }) => /^(Cluster)?Role$/.test(kind) && metadata.name === account);
      assert.deepEqual(
        roles.map((role) => [role.kind, role.metadata.namespace, role.rules]),
        [
          ...(wide?.length ? [["ClusterRole", undefined, wide]] : []),
          ...(narrow?.length ? ["prod", "staging"].map((namespace) => ["Role", namespace, narrow]) : []),
        ],
      );
    }
  });

  it("gives the reader what every operation is planned with, and no other verb than reading", () => {
    const rules = rulesOf(readerAccount);
    for (const { plansWith = [] } of Object.values(catalogue) as readonly Entry<never>[])
      for (const rule of plansWith) assert.ok(rules.some((given) => isDeepStrictEqual(given, rule)));
    assert.deepEqual(
      rules.flatMap(({ verbs }) => verbs.filter((verb) => verb !== "get" && verb !== "list")),
      [],
    );
  });

  it("binds each Role to the one account of its name", () => {
    for (const { kind, metadata, roleRef, subjects } of render("prod", "staging")) {
      if (!kind.endsWith("RoleBinding")) continue;
      const namespace = metadata.name === "countersign-worker" ? "countersign" : "countersign-operations";
      const role = kind.replace("Binding", "");
      assert.deepEqual(roleRef, { apiGroup: "rbac.authorization.k8s.io", kind: role, name: metadata.name });
      assert.deepEqual(subjects, [{ kind: "ServiceAccount", name: metadata.name, namespace }]);
    }
  });

  it("mounts no token of an operation's account anywhere", () => {
    const accounts = render("prod").filter(({ kind }) => kind === "ServiceAccount");
    assert.deepEqual(accounts.filter((account) => account.automountServiceAccountToken !== false).map(place), [
      "ServiceAccount countersign/countersign-worker",
    ]);
  });

  // A runbook runs under the accounts of its steps, and has none.
  const accountsInUse = new Set(
    Object.values(catalogue).flatMap(({ account, rules }) => (rules.length > 0 ? [account] : [])),
  );

  it("lets the worker mint tokens of the catalogue's accounts alone, and neither read nor change a Secret", () => {
    const roles = render("prod").filter(
      ({ kind, metadata }) => kind === "Role" && metadata.name === "countersign-worker",
    );
    assert.deepEqual(
      roles.map(({ metadata, rules }) => [metadata.namespace, rules]),
      [
        [
          "countersign-operations",
          [
            {
              apiGroups: [""],
              resources: ["serviceaccounts/token"],
              resourceNames: [...accountsInUse, elevationEnd.account],
              verbs: ["create"],
            },
            { apiGroups: [""], resources: ["configmaps"], verbs: ["create", "get"] },
            { apiGroups: [""], resources: ["secrets"], verbs: ["create", "delete"] },
          ],
        ],
      ],
    );
  });

  it("lets the roles that an administrator names be bound, and no others", () => {
    const rules = renderAccounts({ namespaces: ["prod"], roles: ["debug", "debug"] }) as unknown as readonly Thing[];
    const bound = rules.flatMap((object) => object.rules ?? []).filter(({ verbs }) => verbs.includes("bind"));
    assert.deepEqual(bound, [
      {
        apiGroups: ["rbac.authorization.k8s.io"],
        resources: ["clusterroles"],
        resourceNames: ["debug"],
        verbs: ["bind"],
      },
    ]);
  });

  it("lets no role be bound that could bind others itself", () => {
    for (const role of ["admin", "cluster-admin", "system:node", "*", ""])
      assert.throws(() => renderAccounts({ namespaces: ["prod"], roles: [role] }), /no role that can be given/);
    assert.throws(() => renderAccounts({ namespaces: ["prod"], roles: [] }), /no role is named/);
  });

  it("refuses a name that is no namespace, and Countersign's own", () => {
    for (const name of ["", ".", "*", "Prod", "a/b", "a\nb"])
      assert.throws(() => render(name), /cannot be a namespace/);
    for (const name of ["countersign", "countersign-operations"])
      assert.throws(() => render(name), /does not operate in the namespace/);
  });
});

describe("the manifests", () => {
  const rbac = "rbac.authorization.k8s.io";
  const bind: Rule = {
    apiGroups: [rbac],
    resources: ["clusterroles"],
    resourceNames: ["view", "edit"],
    verbs: ["bind"],
  };
  /** All that anybody here may do about roles. */
  const elevating: readonly Rule[] = [
    bind,
    { apiGroups: [rbac], resources: ["clusterroles"], verbs: ["get"] },
    { apiGroups: [rbac], resources: ["rolebindings"], verbs: ["create", "get"] },
    { apiGroups: [rbac], resources: ["rolebindings"], verbs: ["get"] },
    { apiGroups: [rbac], resources: ["rolebindings"], verbs: ["list"] },
    { apiGroups: [rbac], resources: ["rolebindings"], verbs: ["get", "delete"] },
  ];
  const files = readdirSync(manifests, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml"));
  const objects = files.flatMap((file) => read(file).map((object) => ({ file, object })));

  it("hold no rule that reaches further than it says (facts/kubernetes.md section 5)", () => {
    const rules = [...objects.map(({ object }) => object), ...render("prod", "staging")].flatMap((x) => x.rules ?? []);
    assert.ok(rules.length > 10, `${rules.length} rules`);
    for (const rule of rules) {
      const text = JSON.stringify(rule);
      const words = [...rule.apiGroups, ...rule.resources, ...rule.verbs, ...(rule.resourceNames ?? [])];
      for (const word of words) assert.ok(!word.includes("*"), text);
      if (rule.verbs.includes("bind")) assert.deepEqual(rule, bind, text);
      for (const verb of ["escalate", "impersonate", "deletecollection", "approve", "sign"])
        assert.ok(!rule.verbs.includes(verb), text);
      if (rule.resources.some((resource) => resource.startsWith("secrets")))
        assert.deepEqual(rule.verbs, ["create", "delete"], text);
      for (const resource of rule.resources) {
        assert.ok(!/^(nodes\/|pods\/(exec|attach|portforward|proxy)|services\/proxy)/.test(resource), text);
        if (resource === "nodes") assert.ok(!/create|update|delete/.test(rule.verbs.join()), text);
        if (/^(pods|deployments|replicasets)$/.test(resource)) assert.ok(!rule.verbs.includes("create"), text);
      }
      if (rule.apiGroups.some((group) => /^(rbac|admissionregistration|certificates)\./.test(group)))
        assert.ok(
          elevating.some((known) => isDeepStrictEqual(known, rule)),
          text,
        );
      if (rule.resources.includes("serviceaccounts/token")) assert.ok((rule.resourceNames ?? []).length > 0, text);
      assert.equal(rule.nonResourceURLs, undefined, text);
    }
  });

  it("let who can both make and remove a binding be nobody", () => {
    for (const { verbs } of elevating) assert.ok(!(verbs.includes("create") && verbs.includes("delete")));
  });

  it("bind roles of the whole cluster for nothing but what is in no namespace, and what stands on a node", () => {
    const draining = ["countersign-drain", "countersign-reader"];
    const wide = objects.filter(({ object }) => object.kind === "ClusterRole");
    for (const { object } of wide)
      for (const { resources, verbs } of object.rules ?? [])
        for (const resource of resources) {
          const onNode = /^(pods|pods\/eviction|poddisruptionbudgets)$/.test(resource);
          // Elevations are looked for wherever they may have been left.
          const leftOver = resource === "rolebindings" && verbs.join() === "list";
          const isDrain = onNode && draining.includes(object.metadata.name);
          const isMeant = inNoNamespace.includes(resource) || isDrain || leftOver;
          assert.ok(isMeant, `${place(object)}: ${resource}`);
        }
    for (const { file, object } of objects)
      if (object.roleRef?.kind === "ClusterRole") assert.equal(object.kind, "ClusterRoleBinding", file);
  });

  describe("for the two processes", () => {
    interface Pod {
      readonly serviceAccountName: string;
      readonly automountServiceAccountToken: boolean;
      readonly containers: readonly {
        readonly env: readonly { readonly name: string }[];
        readonly securityContext: unknown;
      }[];
    }
    const podOf = (name: string) => {
      const [{ object } = {}] = objects.filter(
        (x) => x.object.kind === "Deployment" && x.object.metadata.name === name,
      );
      return (object as unknown as { spec: { template: { spec: Pod } } }).spec.template.spec;
    };
    const names = (pod: Pod) => pod.containers.flatMap(({ env }) => env.map(({ name }) => name));

    it("give the web process no account with a right, no token, and nothing of a cluster", () => {
      const web = podOf("countersign-web");
      assert.deepEqual([web.serviceAccountName, web.automountServiceAccountToken], ["countersign-web", false]);
      assert.ok(!render("prod").some(({ subjects }) => subjects?.some(({ name }) => name === "countersign-web")));
      assert.ok(!names(web).some((name) => /CLUSTERS_FILE|KUBECONFIG/.test(name)));
    });

    it("give the worker its own account, and nothing of Slack or of a second factor", () => {
      const worker = podOf("countersign-worker");
      assert.deepEqual([worker.serviceAccountName, worker.automountServiceAccountToken], ["countersign-worker", true]);
      assert.ok(!names(worker).some((name) => /SLACK|SEALING|GRANT_KEY/.test(name)));
    });

    it("confine both of them", () => {
      for (const pod of [podOf("countersign-web"), podOf("countersign-worker")])
        for (const { securityContext } of pod.containers)
          assert.deepEqual(securityContext, {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          });
    });
  });
});
