import assert from "node:assert/strict";
import type { AdminClient, Answer } from "../../lab/kubernetes/admin-client.ts";
import { collectionPath } from "../../lab/kubernetes/resources.ts";
import { deployment, namespace } from "../../lab/kubernetes/seed.ts";
import { type Bench, configMap, eventually, refused, roleBinding } from "./bench.ts";

const rbac = "rbac.authorization.k8s.io";
const patch = { body: {}, contentType: "application/merge-patch+json", query: { dryRun: "All" } };

export function describeAccess(bench: Bench): void {
  describe("access", () => {
    const allowed = ({ status }: Answer) => status < 300;
    /** A real server learns of new rights within milliseconds, not at once. */
    const soon = (client: AdminClient, method: string, path: string, sending = {}) =>
      eventually(() => client.send(method, path, sending), allowed);
    const user = (name: string) => `system:serviceaccount:${bench.namespace}:${name}`;

    before(async () => {
      for (const name of ["guarded", "other"]) await bench.make(deployment(bench.namespace, name, 0));
      await bench.make(configMap("guarded"));
      await bench.admin.create(collectionPath("Namespace"), namespace(`${bench.namespace}-2`));
    });

    it("is refused to an account without rights, saying what it lacks", async () => {
      const nobody = await bench.account("nobody");
      const path = bench.at("Deployment", "guarded");
      const answer = await nobody.send("PATCH", path, patch);
      const what = `User "${user("nobody")}" cannot`;
      const where = `in API group "apps" in the namespace "${bench.namespace}"`;
      refused(
        answer,
        403,
        "Forbidden",
        `deployments.apps "guarded" is forbidden: ${what} patch resource "deployments" ${where}`,
      );
      assert.deepEqual(answer.body["details"], { name: "guarded", group: "apps", kind: "deployments" });
      refused(
        await nobody.send("PATCH", `${path}/scale`, patch),
        403,
        "Forbidden",
        `deployments.apps "guarded" is forbidden: ${what} patch resource "deployments/scale" ${where}`,
      );
      refused(
        await nobody.send("GET", bench.at("Pod")),
        403,
        "Forbidden",
        `pods is forbidden: ${what} list resource "pods" in API group "" in the namespace "${bench.namespace}"`,
      );
      refused(
        await nobody.send("GET", "/api/v1/pods"),
        403,
        "Forbidden",
        `pods is forbidden: ${what} list resource "pods" in API group "" at the cluster scope`,
      );
      refused(
        await nobody.send("GET", `/api/v1/namespaces/${bench.namespace}`),
        403,
        "Forbidden",
        `namespaces "${bench.namespace}" is forbidden: ${what} get resource "namespaces" in API group "" in the namespace "${bench.namespace}"`,
      );
      refused(await nobody.send("GET", "/metrics"), 403, "Forbidden", `forbidden: ${what} get path "/metrics"`);
      refused(await nobody.send("GET", bench.at("Deployment", "none")), 403, "Forbidden");
    });

    it("is given by verb and resource, not beyond", async () => {
      const rules = [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list"] }];
      const reader = await bench.account("reader", rules);
      await soon(reader, "GET", bench.at("Deployment", "guarded"));
      assert.equal((await reader.send("GET", bench.at("Deployment"))).status, 200);
      refused(
        await reader.send("GET", bench.at("Deployment"), { query: { watch: "1" } }),
        403,
        "Forbidden",
        /cannot watch/,
      );
      refused(await reader.send("PATCH", bench.at("Deployment", "guarded"), patch), 403, "Forbidden");
      refused(await reader.send("GET", bench.at("ConfigMap", "guarded")), 403, "Forbidden");
      refused(await reader.send("GET", bench.at("Deployment", "guarded", "scale")), 403, "Forbidden");
    });

    it("to an object and access to its scale are two things", async () => {
      const rule = (resource: string) => [{ apiGroups: ["apps"], resources: [resource], verbs: ["patch"] }];
      const changer = await bench.account("changer", rule("deployments"));
      const scaler = await bench.account("scaler", rule("deployments/scale"));
      const object = bench.at("Deployment", "guarded");
      await soon(changer, "PATCH", object, patch);
      refused(await changer.send("PATCH", `${object}/scale`, patch), 403, "Forbidden");
      await soon(scaler, "PATCH", `${object}/scale`, patch);
      refused(await scaler.send("PATCH", object, patch), 403, "Forbidden");
      refused(await scaler.send("DELETE", object), 403, "Forbidden");
    });

    it("can be to one name only, for lists and watches of that name too", async () => {
      const verbs = ["get", "list", "watch"];
      const rules = [{ apiGroups: ["apps"], resources: ["deployments"], resourceNames: ["guarded"], verbs }];
      const client = await bench.account("named", rules);
      await soon(client, "GET", bench.at("Deployment", "guarded"));
      refused(await client.send("GET", bench.at("Deployment", "other")), 403, "Forbidden");
      refused(await client.send("GET", bench.at("Deployment")), 403, "Forbidden");
      const query = { fieldSelector: "metadata.name=guarded" };
      assert.equal((await client.send("GET", bench.at("Deployment"), { query })).body.items.length, 1);
      const watch = { ...query, watch: "1", timeoutSeconds: "1" };
      assert.equal((await client.send("GET", bench.at("Deployment"), { query: watch })).status, 200);
    });

    it("by a RoleBinding ends at its namespace, whatever role it names", async () => {
      const name = `${bench.namespace}-cm`;
      const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"] }];
      await bench.make({ apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name }, rules });
      const client = await bench.account("within");
      await bench.make(roleBinding("within", bench.namespace, { kind: "ClusterRole", name }));
      await soon(client, "GET", bench.at("ConfigMap", "guarded"));
      refused(await client.send("GET", `/api/v1/namespaces/${bench.namespace}-2/configmaps`), 403, "Forbidden");
      refused(await client.send("GET", "/api/v1/configmaps"), 403, "Forbidden");
    });

    it("by a ClusterRoleBinding is everywhere, to a group as to an account, and ends with it", async () => {
      const name = `${bench.namespace}-everywhere`;
      const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["list"] }];
      await bench.make({ apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name }, rules });
      await bench.make({
        apiVersion: `${rbac}/v1`,
        kind: "ClusterRoleBinding",
        metadata: { name },
        roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
        subjects: [{ apiGroup: rbac, kind: "Group", name: `system:serviceaccounts:${bench.namespace}` }],
      });
      const client = await bench.account("grouped");
      await soon(client, "GET", "/api/v1/configmaps");
      await soon(client, "GET", `/api/v1/namespaces/${bench.namespace}-2/configmaps`);
      await bench.admin.remove(bench.at("ClusterRoleBinding", name));
      const ended = await eventually(
        () => client.send("GET", "/api/v1/configmaps"),
        (answer) => !allowed(answer),
      );
      refused(ended, 403, "Forbidden");
    });

    it("to create tokens can be for one account only", async () => {
      const rules = [
        { apiGroups: [""], resources: ["serviceaccounts/token"], resourceNames: ["minted"], verbs: ["create"] },
      ];
      const minter = await bench.account("minter", rules);
      await bench.account("minted");
      const body = { spec: { expirationSeconds: 600 } };
      await soon(minter, "POST", bench.at("ServiceAccount", "minted", "token"), { body });
      const other = await minter.send("POST", bench.at("ServiceAccount", "minter", "token"), { body });
      refused(other, 403, "Forbidden", /cannot create resource "serviceaccounts\/token"/);
    });

    it("is told truly to who asks about their own", async () => {
      const rules = [
        { apiGroups: ["apps"], resources: ["deployments/scale"], resourceNames: ["guarded"], verbs: ["patch"] },
      ];
      const client = await bench.account("asking", rules);
      await soon(client, "PATCH", bench.at("Deployment", "guarded", "scale"), patch);
      const ask = async (attributes: Record<string, string>) => {
        const resourceAttributes = {
          namespace: bench.namespace,
          verb: "patch",
          group: "apps",
          resource: "deployments",
          ...attributes,
        };
        const { status, body } = await client.send("POST", collectionPath("SelfSubjectAccessReview"), {
          body: { spec: { resourceAttributes } },
        });
        assert.equal(status, 201, body.message);
        return (body["status"] as { allowed: boolean }).allowed;
      };
      assert.equal(await ask({ subresource: "scale", name: "guarded" }), true);
      assert.equal(await ask({ subresource: "scale", name: "other" }), false);
      assert.equal(await ask({ name: "guarded" }), false);
      assert.equal(await ask({ subresource: "scale", name: "guarded", namespace: "default" }), false);
      refused(
        await client.send("POST", collectionPath("SelfSubjectAccessReview"), { body: { spec: {} } }),
        422,
        "Invalid",
      );
    });

    it("to oneself is everybody's: who am I, which version is this", async () => {
      const client = await bench.account("self");
      const { body } = await client.send("POST", collectionPath("SelfSubjectReview"), { body: {} });
      const { userInfo } = body["status"] as { userInfo: { username: string; groups: string[] } };
      assert.equal(userInfo.username, user("self"));
      assert.deepEqual(userInfo.groups, [
        "system:serviceaccounts",
        `system:serviceaccounts:${bench.namespace}`,
        "system:authenticated",
      ]);
      assert.equal((await client.send("GET", "/version")).status, 200);
    });
  });
}
