import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { Api } from "./api.ts";
import type { RealCluster } from "./cluster.ts";
import { eventually } from "./eventually.ts";
import { clusterFor } from "./shared-cluster.ts";

interface Status {
  readonly reason: string;
  readonly message: string;
}

describe("a real cluster", () => {
  const namespace = "smoke";
  const inNamespace = `/api/v1/namespaces/${namespace}`;
  let cluster: RealCluster;
  let admin: Api;

  before(async function () {
    cluster = await clusterFor(this);
    admin = new Api(cluster.server, cluster.ca, cluster.adminToken);
    await make("/api/v1/namespaces", { metadata: { name: namespace } });
    await make(`${inNamespace}/serviceaccounts`, { metadata: { name: "reader" } });
    await make(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`, {
      metadata: { name: "reader" },
      rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["list"] }],
    });
    await make(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
      metadata: { name: "reader" },
      subjects: [{ kind: "ServiceAccount", name: "reader", namespace }],
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
    });
  });
  after(() => admin?.close());

  async function make<T = unknown>(path: string, object: object): Promise<T> {
    const { status, body } = await admin.send("POST", path, object);
    assert.equal(status, 201, JSON.stringify(body));
    return body as T;
  }

  /** A token of the reader, bound to a new Secret of that name. */
  async function boundToken(name: string): Promise<string> {
    const secret = await make<{ metadata: { uid: string } }>(`${inNamespace}/secrets`, { metadata: { name } });
    const request = await make<{ status: { token: string } }>(`${inNamespace}/serviceaccounts/reader/token`, {
      spec: {
        expirationSeconds: 600,
        boundObjectRef: { apiVersion: "v1", kind: "Secret", name, uid: secret.metadata.uid },
      },
    });
    return request.status.token;
  }

  it("is the version its go.mod says, under a certificate that holds for 127.0.0.1", async () => {
    const { body } = await admin.send("GET", "/version");
    assert.match((body as { gitVersion: string }).gitVersion, /^v1\.36\.\d+$/);
  });

  it("is not reached without its own authority", async () => {
    const stranger = new Agent();
    await assert.rejects(request(`${cluster.server}/version`, { dispatcher: stranger }), /certificate/);
    await stranger.close();
  });

  it("decides by RBAC, and refuses a bound token some seconds after its Secret is deleted", async function () {
    this.timeout(40_000);
    const reader = new Api(cluster.server, cluster.ca, await boundToken("handle"));
    try {
      const list = () => reader.send("GET", `${inNamespace}/configmaps`);
      await eventually(list, ({ status }) => status === 200);
      const forbidden = await reader.send("GET", `${inNamespace}/secrets`);
      assert.equal(forbidden.status, 403);
      assert.match((forbidden.body as Status).message, /"system:serviceaccount:smoke:reader" cannot list resource/);

      assert.equal((await admin.send("DELETE", `${inNamespace}/secrets/handle`)).status, 200);
      await eventually(list, ({ status }) => status === 401, 20_000);
    } finally {
      await reader.close();
    }
  });

  it("joins a token's use to its issue in the audit log", async () => {
    const reader = new Api(cluster.server, cluster.ca, await boundToken("audited"));
    try {
      await reader.send("DELETE", `${inNamespace}/configmaps/kept`);
    } finally {
      await reader.close();
    }
    const log = await eventually(
      () => cluster.auditLog(),
      (events) => events.some(({ objectRef }) => objectRef?.name === "kept"),
    );
    const used = log.find(({ objectRef }) => objectRef?.name === "kept");
    const [credential = "none"] = used?.user.extra?.["authentication.kubernetes.io/credential-id"] ?? [];
    const issued = log.find(
      ({ annotations }) => annotations?.["authentication.kubernetes.io/issued-credential-id"] === credential,
    );
    assert.equal(used?.responseStatus?.code, 403);
    assert.equal(issued?.objectRef?.subresource, "token");
    assert.equal(issued?.responseObject, undefined);
  });

  it("is reached by what its kubeconfig says", async () => {
    const config = JSON.parse(cluster.kubeconfig("some-token"));
    assert.equal(config.clusters[0].cluster.server, cluster.server);
    assert.equal(
      Buffer.from(config.clusters[0].cluster["certificate-authority-data"], "base64").toString(),
      cluster.ca,
    );
    assert.equal(config.users[0].user.token, "some-token");
  });

  it("fills the aggregated roles, so that view lets view", async () => {
    const view = () => admin.send("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles/view");
    await eventually(view, ({ body }) => ((body as { rules: unknown[] | null }).rules ?? []).length > 0);
  });

  it("keeps what it knows over the death of its API server", async function () {
    this.timeout(40_000);
    await make(`${inNamespace}/configmaps`, { metadata: { name: "survivor" } });
    await cluster.apiServer.kill();
    await assert.rejects(admin.send("GET", "/version"));
    await cluster.apiServer.restart();
    assert.equal((await admin.send("GET", `${inNamespace}/configmaps/survivor`)).status, 200);
  });

  it("answers what was asked while it was frozen once it has thawed", async () => {
    cluster.apiServer.freeze();
    let answered = false;
    const late = admin.send("GET", "/version").then((answer) => {
      answered = true;
      return answer;
    });
    await sleep(200);
    assert.equal(answered, false);
    cluster.apiServer.thaw();
    assert.equal((await late).status, 200);
  });
});
