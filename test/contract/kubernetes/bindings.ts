import assert from "node:assert/strict";
import type { AdminClient } from "../../lab/kubernetes/admin-client.ts";
import { collectionPath } from "../../lab/kubernetes/resources.ts";
import { type Bench, eventually, refused } from "./bench.ts";

const rbac = "rbac.authorization.k8s.io";
const rule = (resource: string, verbs: readonly string[], resourceNames?: readonly string[]) => ({
  apiGroups: [rbac],
  resources: [resource],
  verbs,
  ...(resourceNames ? { resourceNames } : {}),
});
const bindings = rule("rolebindings", ["create", "get", "patch", "delete"]);
const reading = { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "patch"] };
const listing = { apiGroups: [""], resources: ["pods"], verbs: ["list"], resourceNames: ["x"] };

export function describeBindings(bench: Bench): void {
  describe("binding a role to somebody", () => {
    const clusterRole = () => `${bench.namespace}-bound`;
    const subjects = [{ kind: "User", name: "alice", apiGroup: rbac }];
    const bind = (client: AdminClient, name: string, role: { kind: string; name: string }, query = {}) => {
      const body = { metadata: { name }, roleRef: { apiGroup: rbac, ...role }, subjects };
      return client.send("POST", bench.at("RoleBinding"), { body, query });
    };
    const limited = { kind: "Role", name: "limited" };
    const wide = () => ({ kind: "ClusterRole", name: clusterRole() });
    const lacks = (account: string, binding: string, ...rules: readonly string[]) => {
      const groups = ["system:serviceaccounts", `system:serviceaccounts:${bench.namespace}`, "system:authenticated"];
      const who = `user "system:serviceaccount:${bench.namespace}:${account}" (groups=[${groups.map((one) => `"${one}"`).join(" ")}])`;
      return [
        `rolebindings.${rbac} "${binding}" is forbidden: ${who} is attempting to grant RBAC permissions not currently held:`,
        ...rules,
      ].join("\n");
    };
    const listed = '{APIGroups:[""], Resources:["pods"], ResourceNames:["x"], Verbs:["list"]}';
    const read = '{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "patch"]}';
    const metrics = '{NonResourceURLs:["/metrics"], Verbs:["get"]}';
    const patch = { contentType: "application/merge-patch+json" };

    /** Rights are known to a real server after milliseconds, not at once: it is asked for one that harms nobody. */
    async function account(name: string, rules: readonly object[]): Promise<AdminClient> {
      const client = await bench.account(name, [...rules, bindings]);
      const path = bench.at("RoleBinding", name);
      await eventually(
        () => client.send("GET", path),
        ({ status }) => status === 200,
      );
      return client;
    }

    before(async () => {
      await bench.make({
        apiVersion: `${rbac}/v1`,
        kind: "Role",
        metadata: { name: "limited" },
        rules: [reading, listing],
      });
      const rules = [reading, { nonResourceURLs: ["/metrics"], verbs: ["get"] }];
      await bench.make({ apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: clusterRole() }, rules });
    });

    it("is refused to who may write bindings but neither holds the role nor may bind it, rehearsed too", async () => {
      const client = await account("writer", []);
      refused(await bind(client, "w", limited), 403, "Forbidden", lacks("writer", "w", listed, read));
      refused(
        await bind(client, "w", limited, { dryRun: "All" }),
        403,
        "Forbidden",
        lacks("writer", "w", listed, read),
      );
      const forbidden = await bind(client, "w", wide());
      refused(forbidden, 403, "Forbidden", lacks("writer", "w", read, metrics));
      assert.deepEqual(forbidden.body["details"], { name: "w", group: rbac, kind: "rolebindings" });
      refused(
        await bind(client, "w", { kind: "Role", name: "missing" }),
        404,
        "NotFound",
        `rolebindings.${rbac} "missing" not found`,
      );
    });

    it("takes the verb bind on that role by its name, and no other", async () => {
      const client = await account("binder", [
        rule("roles", ["bind"], ["limited"]),
        rule("clusterroles", ["bind"], [clusterRole(), "edit"]),
      ]);
      for (const [name, role] of [
        ["b1", limited],
        ["b2", wide()],
        ["b3", { kind: "ClusterRole", name: "edit" }],
      ] as const) {
        const { status, body } = await bind(client, name, role, { fieldManager: "countersign-r" });
        assert.equal(status, 201, body.message);
        assert.ok(body.metadata.managedFields?.some(({ manager }) => manager === "countersign-r"));
      }
      refused(
        await bind(client, "b4", { kind: "ClusterRole", name: "view" }),
        403,
        "Forbidden",
        /not currently held:\n/,
      );
      refused(await bind(client, "b1", limited), 409, "AlreadyExists", `rolebindings.${rbac} "b1" already exists`);
    });

    it("is allowed to who holds all of the role already", async () => {
      const client = await account("holder", [
        { apiGroups: ["apps"], resources: ["deployments"], verbs: ["*"] },
        { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
      ]);
      assert.equal((await bind(client, "h1", limited)).status, 201);
      refused(await bind(client, "h2", wide()), 403, "Forbidden", lacks("holder", "h2", metrics));
    });

    it("is refused to who holds it for one name only", async () => {
      const client = await account("narrow", [
        { ...reading, resourceNames: ["api"] },
        { apiGroups: [""], resources: ["pods"], verbs: ["list"], resourceNames: ["x", "y"] },
      ]);
      refused(await bind(client, "n1", limited), 403, "Forbidden", lacks("narrow", "n1", read));
    });

    it("cannot be come by through an existing binding either; deleting one takes no such right", async () => {
      const client = await account("changer-of-bindings", []);
      assert.equal((await bind(bench.admin, "standing", limited)).status, 201);
      const path = bench.at("RoleBinding", "standing");
      const mallory = { subjects: [{ kind: "User", name: "mallory", apiGroup: rbac }] };
      for (const body of [mallory, { metadata: { labels: { a: "b" } } }])
        refused(
          await client.send("PATCH", path, { ...patch, body }),
          403,
          "Forbidden",
          lacks("changer-of-bindings", "standing", listed, read),
        );
      const other = { roleRef: { apiGroup: rbac, kind: "Role", name: "other" } };
      refused(await bench.patch(path, other), 422, "Invalid", /roleRef: .*cannot change roleRef/);
      assert.equal((await client.send("DELETE", path, { body: {} })).status, 200);
    });

    it("cannot be come by through a role of one's own", async () => {
      const client = await account("author", [rule("roles", ["create"])]);
      const rules = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }];
      const made = await client.send("POST", bench.at("Role"), { body: { metadata: { name: "mine" }, rules } });
      refused(
        made,
        403,
        "Forbidden",
        /^roles\.rbac.* is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\[""\], Resources:\["secrets"\], Verbs:\["get"\]\}$/,
      );
    });

    it("gives what the role says, in that namespace, to that user or group until it is deleted", async () => {
      const may = async (user: string, attributes: object, groups: readonly string[] = []) => {
        const resourceAttributes = {
          namespace: bench.namespace,
          verb: "patch",
          group: "apps",
          resource: "deployments",
          ...attributes,
        };
        const body = { spec: { user, groups, resourceAttributes } };
        const answer = await bench.admin.send("POST", collectionPath("SubjectAccessReview"), { body });
        assert.equal(answer.status, 201, answer.body.message);
        return (answer.body["status"] as { allowed: boolean }).allowed;
      };
      const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: clusterRole() };
      const to = [
        { kind: "User", name: "olga", apiGroup: rbac },
        { kind: "Group", name: "oncall", apiGroup: rbac },
      ];
      assert.equal(await may("olga", {}), false);
      await bench.admin.create(bench.at("RoleBinding"), { metadata: { name: "elevated" }, roleRef, subjects: to });
      await eventually(
        () => may("olga", {}),
        (allowed) => allowed,
      );
      assert.equal(await may("peter", {}, ["oncall"]), true);
      assert.equal(await may("peter", {}), false);
      assert.equal(await may("olga", { namespace: "default" }), false);
      assert.equal(await may("olga", { verb: "delete" }), false);
      assert.equal(await may("olga", { subresource: "scale" }), false);
      await bench.admin.remove(bench.at("RoleBinding", "elevated"));
      await eventually(
        () => may("olga", {}),
        (allowed) => !allowed,
      );
    });

    it("is felt by whom an administrator impersonates, which nobody else may", async () => {
      const path = bench.at("Deployment");
      const rosa = bench.admin.impersonating("rosa");
      refused(await rosa.send("GET", path), 403, "Forbidden", /User "rosa" cannot list resource "deployments"/);
      const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "view" };
      const to = [{ kind: "User", name: "rosa", apiGroup: rbac }];
      await bench.admin.create(bench.at("RoleBinding"), { metadata: { name: "rosas" }, roleRef, subjects: to });
      await eventually(
        () => rosa.send("GET", path),
        ({ status }) => status === 200,
      );
      const client = await bench.account("pretender");
      // With or without constrained impersonation (KEP-5284), a real server says what is lacking.
      refused(await client.impersonating("rosa").send("GET", path), 403, "Forbidden", /pretender" cannot impersonate/);
    });

    it("is asked about with a subject and one question, by who may ask", async () => {
      const path = collectionPath("SubjectAccessReview");
      const ask = (client: AdminClient, spec: object) => client.send("POST", path, { body: { spec } });
      const resourceAttributes = { verb: "get", resource: "pods" };
      refused(
        await ask(bench.admin, { resourceAttributes }),
        422,
        "Invalid",
        /spec\.user: Invalid value: "": at least one of user or group must be specified/,
      );
      refused(
        await ask(bench.admin, { user: "alice" }),
        422,
        "Invalid",
        /exactly one of nonResourceAttributes or resourceAttributes/,
      );
      const client = await bench.account("curious");
      refused(
        await ask(client, { user: "alice", resourceAttributes }),
        403,
        "Forbidden",
        /cannot create resource "subjectaccessreviews"/,
      );
    });
  });
}
