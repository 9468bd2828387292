import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { install } from "../adapters/kubernetes/install.ts";
import { eventually } from "../contract/kubernetes/bench.ts";
import type { Telling } from "../lab/demo/headless.ts";
import { type AdminClient, openAdminClient } from "../lab/kubernetes/admin-client.ts";
import { listen } from "../lab/page/event-stream.ts";
import type { ClusterWorkload } from "../lab/page/lab-page.ts";
import { runCli } from "../lab/processes/run-cli.ts";
import { type StoryName, stories } from "../lab/stories.ts";
import type { RealCluster } from "./cluster.ts";
import { startDemo } from "./demo-process.ts";
import { clusterFor } from "./shared-cluster.ts";
import { deployments, plantAnew, podsOf, removePolicies } from "./stage.ts";

const context = "countersign-test";
const worker = "/api/v1/namespaces/countersign/serviceaccounts/countersign-worker";

describe("npm run demo -- --context, on a real API server", function () {
  this.timeout(120_000);
  let cluster: RealCluster;
  let admin: AdminClient;
  let folder: string;
  let kubeconfig: string;

  before(async function () {
    cluster = await clusterFor(this);
    admin = openAdminClient(cluster);
    folder = await mkdtemp(join(tmpdir(), "countersign-context-"));
    kubeconfig = join(folder, "config");
    await writeFile(kubeconfig, cluster.kubeconfig(cluster.adminToken), { mode: 0o600 });
    await plantAnew(admin);
    // Another suite may have installed it.
    await admin.send("DELETE", worker);
  });
  after(async () => {
    if (admin) await removePolicies(admin);
    await admin?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  /** As minikube and kubeadm write them. */
  async function withAuthorityInFile(): Promise<string> {
    const config = JSON.parse(cluster.kubeconfig(cluster.adminToken));
    config.clusters[0].cluster = { server: cluster.server, "certificate-authority": "ca.pem" };
    await writeFile(join(folder, "ca.pem"), cluster.ca);
    const path = join(folder, "config-with-file");
    await writeFile(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  }

  it("names the contexts there are when there is none of that name", async () => {
    const { code, stderr } = await startDemo(kubeconfig, "--context", "countersign-tset").ended;
    assert.deepEqual(
      [code, stderr],
      [1, `demo: There is no context "countersign-tset" in the kubeconfig. There are: ${context}.\n`],
    );
  });

  it("says so where there is no kubeconfig to speak of", async () => {
    const { code, stderr } = await startDemo(join(folder, "nothing"), "--context", context).ended;
    assert.equal(code, 1);
    assert.match(stderr, /^demo: /);
    assert.doesNotMatch(stderr, /\n +at /);
  });

  it("refuses a context that checks no certificate", async () => {
    const config = JSON.parse(cluster.kubeconfig(cluster.adminToken));
    config.clusters[0].cluster = { server: cluster.server, "insecure-skip-tls-verify": true };
    const path = join(folder, "config-insecure");
    await writeFile(path, JSON.stringify(config), { mode: 0o600 });
    const { code, stderr } = await startDemo(path, "--context", context).ended;
    assert.equal(code, 1);
    assert.match(stderr, /does not check the server's certificate/);
  });

  it("gives the command that installs the accounts when they are not there, and installs nothing", async () => {
    const words = ["--context", context, "--namespace", "prod", "--namespace", "staging", "--headless", "restart"];
    const { code, stderr } = await startDemo(kubeconfig, ...words).ended;
    assert.equal(code, 1);
    const command = `npx countersign manifests -n prod -n staging | kubectl --context ${context} apply -f -`;
    assert.ok(stderr.includes(command), stderr);
    assert.equal((await admin.send("GET", worker)).status, 404);
  });

  describe("with what `countersign manifests -n prod` prints installed", () => {
    before(async () => {
      const { code, stdout } = await runCli(["manifests", "-n", "prod"]);
      assert.equal(code, 0);
      const objects = parseAllDocuments(stdout).map((document): unknown => document.toJS());
      await install(admin, objects);
    });

    for (const name of Object.keys(stories) as StoryName[])
      it(`plays ${name} to its end: ${stories[name].endsAs}, ${stories[name].executions} executions`, async () => {
        const { code, stdout, stderr } = await startDemo(
          await withAuthorityInFile(),
          "--context",
          context,
          "--headless",
          name,
        ).ended;
        assert.equal(code, 0, stdout + stderr);
        const telling = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Telling;
        assert.deepEqual(
          [telling.story, telling.state, telling.executions, telling.auditVerified],
          [name, stories[name].endsAs, stories[name].executions, true],
        );
      });

    it("shows on its page the workloads as the cluster has them, as they move", async () => {
      const restartedAt = "2026-11-25T14:02:00Z";
      const metadata = { annotations: { "kubectl.kubernetes.io/restartedAt": restartedAt } };
      await admin.patch(`${deployments}/api`, { spec: { replicas: 5, template: { metadata } } });
      const demo = startDemo(kubeconfig, "--context", context);
      try {
        const url = (await demo.line(/^ +http:/)).trim();
        const shown = async () => (await (await fetch(new URL("cluster", url))).json()) as readonly ClusterWorkload[];
        const apiOf = (workloads: readonly ClusterWorkload[]) => workloads.find(({ name }) => name === "api");
        const isSettled = (api?: ClusterWorkload) => api?.ready === 5 && api.pods.length === 5;
        const settled = await eventually(shown, (workloads) => isSettled(apiOf(workloads)));
        assert.deepEqual(
          settled.map(({ namespace, name }) => `${namespace}/${name}`),
          ["prod/api", "prod/checkout"],
        );
        const api = apiOf(settled);
        assert.deepEqual([api?.replicas, api?.ready], [5, 5]);
        assert.equal(api?.restartedAt, restartedAt);
        assert.ok(api?.pods.every(({ phase, ready }) => phase === "Running" && ready));
        assert.equal(new Set(api?.pods.map(({ revision }) => revision)).size, 1);
        const names = (await admin.list("/api/v1/namespaces/prod/pods", { labelSelector: "app=api" })).map(
          ({ metadata }) => metadata.name,
        );
        assert.deepEqual(api?.pods.map(({ name }) => name).toSorted(), names.toSorted());

        const page = await listen(url);
        await admin.patch(`${deployments}/api/scale`, { spec: { replicas: 2 } });
        await page.heard("cluster");
        page.leave();
        await eventually(shown, (workloads) => apiOf(workloads)?.ready === 2 && apiOf(workloads)?.pods.length === 2);
        assert.equal((await podsOf(admin, "api")).length, 2);
      } finally {
        demo.stop();
      }
      assert.equal((await demo.ended).code, 0);
    });
  });
});
