import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { Bench, configMap, eventually } from "../contract/kubernetes/bench.ts";
import type { RealCluster } from "./cluster.ts";
import { clusterFor } from "./shared-cluster.ts";

/** What it answers is the contract's affair, `test/contract/kubernetes/real.test.ts`; here is what it offers beside that. */
describe("a real cluster", () => {
  const bench = new Bench();
  let cluster: RealCluster;

  before(async function () {
    cluster = await clusterFor(this);
    await bench.open({ ...cluster, close: async () => {} });
  });
  after(() => bench.close());

  it("is the version its go.mod says, under a certificate that holds for 127.0.0.1", async () => {
    const { body } = await bench.admin.send("GET", "/version");
    assert.match(String(body["gitVersion"]), /^v1\.36\.\d+$/);
  });

  it("is not trusted without its own authority", async () => {
    const stranger = new Agent();
    await assert.rejects(request(`${cluster.server}/version`, { dispatcher: stranger }), /certificate/);
    await stranger.close();
  });

  it("is reached by what its kubeconfig says", () => {
    const { clusters, users } = JSON.parse(cluster.kubeconfig("some-token"));
    assert.equal(clusters[0].cluster.server, cluster.server);
    assert.equal(Buffer.from(clusters[0].cluster["certificate-authority-data"], "base64").toString(), cluster.ca);
    assert.equal(users[0].user.token, "some-token");
  });

  it("joins a token's use to its issue in the audit log, and keeps the token out of it", async () => {
    const reader = await bench.account("reader");
    await reader.send("DELETE", bench.at("ConfigMap", "kept"));
    const log = await eventually(
      () => cluster.auditLog(),
      (events) => events.some(({ objectRef }) => objectRef?.name === "kept"),
    );
    const used = log.find(({ objectRef }) => objectRef?.name === "kept");
    const [credential = "none"] = used?.user.extra?.["authentication.kubernetes.io/credential-id"] ?? [];
    const issued = log.find(
      ({ annotations }) => annotations?.["authentication.kubernetes.io/issued-credential-id"] === credential,
    );
    assert.equal(used?.user.username, `system:serviceaccount:${bench.namespace}:reader`);
    assert.equal(used?.responseStatus?.code, 403);
    assert.equal(issued?.objectRef?.subresource, "token");
    assert.equal(issued?.responseObject, undefined);
  });

  it("says nothing in the audit log of what the control plane does by itself", async () => {
    const users = new Set((await cluster.auditLog()).map(({ user }) => user.username));
    assert.ok(users.has("admin"));
    for (const name of ["system:apiserver", "system:kube-controller-manager", "stand-in-kubelet"])
      assert.ok(!users.has(name), name);
  });

  it("fills the aggregated roles, so that `view` lets view", async () => {
    const rules = async () => (await bench.admin.get("/apis/rbac.authorization.k8s.io/v1/clusterroles/view"))["rules"];
    await eventually(rules, (known) => Array.isArray(known) && known.length > 0);
  });

  it("keeps what it knows over the death of its API server", async function () {
    this.timeout(40_000);
    await bench.make(configMap("survivor"));
    await cluster.apiServer.kill();
    await assert.rejects(bench.admin.send("GET", "/version"));
    await cluster.apiServer.restart();
    await bench.admin.get(bench.at("ConfigMap", "survivor"));
  });

  it("answers what was asked while it was frozen once it has thawed", async () => {
    cluster.apiServer.freeze();
    let answered = false;
    const late = bench.admin.send("GET", "/version").then((answer) => {
      answered = true;
      return answer;
    });
    await sleep(200);
    assert.equal(answered, false);
    cluster.apiServer.thaw();
    assert.equal((await late).status, 200);
  });
});
