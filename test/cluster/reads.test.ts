import assert from "node:assert/strict";
import { eventually } from "../contract/kubernetes/bench.ts";
import { answered, ask, finish } from "../lab/acting.ts";
import { alice, incident } from "../lab/people.ts";
import { type LogCall, openLogDoor } from "./kubelet-logs.ts";
import { onRealStage } from "./stage.ts";

describe("routine reads on a real API server", function () {
  this.timeout(90_000);
  const stage = onRealStage({ webs: 1, workers: 1 });

  /** What the asker is shown, and the end of it. */
  async function readOf(line: string) {
    const { lab } = stage();
    const id = await ask(lab, alice, incident, line);
    const { state } = await finish(lab, id);
    return { id, state, shown: await answered(lab, alice, id) };
  }

  const podOf = async (namespace: string) => {
    const pods = await stage().admin.list(`/api/v1/namespaces/${namespace}/pods`, { labelSelector: "app=api" });
    const name = pods.find(({ metadata }) => !metadata.deletionTimestamp)?.metadata.name;
    assert.ok(name);
    return name;
  };

  describe("with a ConfigMap there", () => {
    before("the ConfigMap", async () => {
      const metadata = { name: "settings", namespace: "prod" };
      const data = { DB_URL: "SECRET-DATA" };
      const path = "/api/v1/namespaces/prod/configmaps";
      await stage().admin.send("POST", path, { body: { apiVersion: "v1", kind: "ConfigMap", metadata, data } });
    });
    after(() => stage().admin.send("DELETE", "/api/v1/namespaces/prod/configmaps/settings"));

    for (const [kind, shows] of [
      ["pods", /api-\S+ +1\/1 +Running/],
      ["deploy", /api +3\/3 +3 +3/],
      ["rs", /api-\S+ +3 +3 +3/],
      ["sts", /No statefulsets|READY/],
      ["ds", /No daemonsets|DESIRED/],
      ["jobs", /No jobs|COMPLETIONS/],
      ["cj", /No cronjobs|SCHEDULE/],
      ["svc", /No services|CLUSTER-IP/],
      ["cm", /settings +DB_URL/],
      ["hpa", /No horizontalpodautoscalers|TARGETS/],
      ["pdb", /No poddisruptionbudgets|ALLOWED/],
    ] as const)
      it(`get ${kind} is answered under the reader's own token`, async () => {
        const { state, shown } = await readOf(`/k8s get ${kind} -n prod`);
        assert.equal(state, "succeeded", shown);
        assert.match(shown, shows);
        assert.doesNotMatch(shown, /SECRET-DATA/);
      });

    it("describe a ConfigMap, without its values", async () => {
      const settings = (await readOf("/k8s describe cm/settings -n prod")).shown;
      assert.match(settings, /not shown: DB_URL/);
      assert.doesNotMatch(settings, /SECRET-DATA/);
    });
  });

  it("get nodes, and one of them", async () => {
    assert.match((await readOf("/k8s get nodes")).shown, /node-a +Ready/);
    assert.match((await readOf("/k8s get node node-b")).shown, /node-b +Ready/);
    assert.match((await readOf("/k8s get node none")).shown, /There is no node none\./);
  });

  it("describe a deployment, a pod and a node", async () => {
    const deployment = (await readOf("/k8s describe deploy/api -n prod")).shown;
    assert.match(deployment, /Replicas: 3 wanted, 3 ready, 3 up to date, 3 available/);
    assert.match(deployment, /Available is True.*MinimumReplicasAvailable/);
    assert.match(deployment, /ago Normal ScalingReplicaSet: Scaled up/);
    assert.match((await readOf(`/k8s describe pod ${await podOf("prod")} -n prod`)).shown, /Owner: ReplicaSet api-/);
    assert.match((await readOf("/k8s describe node/node-a")).shown, /Allocatable: cpu 64/);
  });

  it("events of a namespace and of one object, chosen by the API server", async () => {
    assert.match((await readOf("/k8s events -n prod")).shown, /ScalingReplicaSet +deployment\/checkout/);
    const { shown } = await readOf("/k8s events --for=deploy/api -n prod");
    assert.match(shown, /ScalingReplicaSet +deployment\/api/);
    assert.doesNotMatch(shown, /checkout|replicaset\//);
  });

  it("rollout status and history", async () => {
    assert.match((await readOf("/k8s rollout status deploy/api -n prod")).shown, /The deployment api is rolled out/);
    assert.match(
      (await readOf("/k8s rollout history deploy/api -n prod")).shown,
      /\n1 +\S+ +registry\.example\/api:1\.0\.0 +<none>/,
    );
  });

  it("top says that nothing serves metrics there", async () => {
    for (const line of ["/k8s top pods -n prod", "/k8s top nodes", "/k8s top node node-a"]) {
      const { state, shown } = await readOf(line);
      assert.equal(state, "failed");
      assert.match(shown, /Metrics are not served in the cluster demo/);
    }
  });

  it("logs come from the kubelet under their own token, bounded and masked", async () => {
    const { admin, cluster } = stage();
    const calls: LogCall[] = [];
    const door = await openLogDoor(admin, ["node-a", "node-b"], (call) => {
      calls.push(call);
      return "ready\nAuthorization: Bearer abcdef0123456789\n";
    });
    try {
      const pod = await podOf("staging");
      const { id, state, shown } = await readOf(`/k8s logs ${pod} -n staging --tail=7 --since=5m`);
      assert.equal(state, "succeeded", shown);
      assert.match(shown, /ready\nAuthorization: \[masked\]\n\(1 value that looks secret masked\)$/);
      const query = { tailLines: "7", sinceSeconds: "300", limitBytes: "1000000" };
      assert.deepEqual(calls, [{ namespace: "staging", pod, container: "api", query }]);
      const ofLog = async () =>
        (await cluster.auditLog()).find(
          ({ objectRef, userAgent }) => objectRef?.subresource === "log" && userAgent?.endsWith(` req/${id}`),
        );
      const read = await eventually(ofLog, (event) => event !== undefined);
      assert.equal(read?.user.username, "system:serviceaccount:countersign-operations:countersign-logs");
    } finally {
      await door.close();
    }
  });

  it("logs of a pod whose kubelet does not answer are a failure in words", async () => {
    const { state, shown } = await readOf(`/k8s logs ${await podOf("staging")} -n staging`);
    assert.equal(state, "failed");
    assert.match(shown, /The cluster did not answer as it should/);
  });

  it("the reads' own tokens read no Secret, no log but for logs, and change nothing", async () => {
    const { admin } = stage();
    const pod = await podOf("staging");
    for (const account of ["reader", "describe", "events", "logs", "rollout-status", "rollout-history", "top"]) {
      const path = `/api/v1/namespaces/countersign-operations/serviceaccounts/countersign-${account}/token`;
      const { status } = await admin.create(path, { spec: { expirationSeconds: 600 } });
      const thief = admin.as((status as { token: string }).token);
      const answers = {
        secrets: (await thief.send("GET", "/api/v1/namespaces/staging/secrets")).status,
        elsewhere: (await thief.send("GET", "/api/v1/namespaces/kube-system/configmaps")).status,
        configMaps: (await thief.send("GET", "/api/v1/namespaces/countersign-operations/configmaps")).status,
        evict: (await thief.send("DELETE", `/api/v1/namespaces/staging/pods/${pod}?dryRun=All`)).status,
        exec: (await thief.send("POST", `/api/v1/namespaces/staging/pods/${pod}/exec?command=id`)).status,
        log: (await thief.send("GET", `/api/v1/namespaces/staging/pods/${pod}/log`)).status === 403,
      };
      const none = { secrets: 403, elsewhere: 403, configMaps: 403, evict: 403, exec: 403, log: account !== "logs" };
      assert.deepEqual(answers, none, account);
    }
  });
});
