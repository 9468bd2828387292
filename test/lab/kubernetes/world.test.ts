import assert from "node:assert/strict";
import { type AdminClient, openAdminClient } from "./admin-client.ts";
import { type KubernetesDouble, startKubernetesDouble } from "./kubernetes-double.ts";
import type { KubeObject } from "./object.ts";
import { collectionPath } from "./resources.ts";
import { daemonSet, demoWorld, deployment, namespace } from "./seed.ts";

const at = (kind: string, name?: string) => [collectionPath(kind, "prod"), name].filter(Boolean).join("/");
const nodeA = "/api/v1/nodes/node-a";
const image = "registry.example/batch:1";

/** What only the double can show: the real cluster of the tests runs no containers, and is shared. */
describe("the world of the Kubernetes double", () => {
  let double: KubernetesDouble;
  let admin: AdminClient;

  beforeEach(async () => {
    const seed = [namespace("prod"), deployment("prod", "api", 4), daemonSet("prod", "agent")];
    double = await startKubernetesDouble({ rolloutMs: 10, seed });
    admin = openAdminClient(double);
  });
  afterEach(async () => {
    await admin.close();
    await double.close();
  });

  const nodeOf = ({ spec }: KubeObject) => (spec as { nodeName?: string }).nodeName;
  const podsOf = (app: string) => admin.list(at("Pod"), { labelSelector: `app=${app}` });
  const log = (name: string, query = {}) => admin.send("GET", `${at("Pod", name)}/log`, { query });
  const eviction = (name: string) =>
    admin.send("POST", `${at("Pod", name)}/eviction`, { body: { metadata: { name, namespace: "prod" } } });
  const messages = async (reason: string) =>
    (await admin.list(at("Event"))).filter((event) => event["reason"] === reason).map((event) => event["message"]);

  async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
    for (;;) {
      const answer = await ask();
      if (holds(answer)) return answer;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  it("has its pods on both nodes from the start", async () => {
    for (const app of ["api", "agent"]) {
      const places = (await podsOf(app)).map(nodeOf).sort();
      assert.deepEqual([...new Set(places)], ["node-a", "node-b"]);
    }
  });

  it("lets a node be drained: what is evicted comes back elsewhere, but for what belongs to the node", async () => {
    await admin.patch(nodeA, { spec: { unschedulable: true } });
    const here = await admin.list("/api/v1/pods", { fieldSelector: "spec.nodeName=node-a" });
    for (const { metadata } of here) assert.equal((await eviction(metadata.name)).status, 201);
    const isEven = (pods: readonly KubeObject[]) => pods.length === 4 && pods.every((pod) => nodeOf(pod) === "node-b");
    await until(() => podsOf("api"), isEven);
    const agents = await until(
      () => podsOf("agent"),
      (pods) => pods.length === 2 && !pods.some(({ metadata }) => metadata.deletionTimestamp),
    );
    assert.deepEqual(agents.map(nodeOf).sort(), ["node-a", "node-b"]);
  });

  it("binds no pod while every node is cordoned, says so, and goes on when one is not", async () => {
    for (const { metadata } of await admin.list("/api/v1/nodes"))
      await admin.patch(`/api/v1/nodes/${metadata.name}`, { spec: { unschedulable: true } });
    await admin.patch(`${at("Deployment", "api")}/scale`, { spec: { replicas: 5 } });
    const [{ metadata, status } = assert.fail()] = await until(
      async () => (await podsOf("api")).filter((pod) => nodeOf(pod) === undefined),
      (pods) => pods.length === 1,
    );
    const { conditions } = status as { conditions: { reason: string }[] };
    assert.equal(conditions[0]?.reason, "Unschedulable");
    assert.equal((await messages("FailedScheduling")).length, 1);
    // What runs nowhere has nothing to end.
    const path = at("Pod", metadata.name);
    await admin.remove(path);
    assert.equal((await admin.send("GET", path)).status, 404);
    await admin.patch(nodeA, { spec: { unschedulable: null } });
    await until(
      () => podsOf("api"),
      (pods) => pods.length === 5 && pods.every((pod) => nodeOf(pod) !== undefined),
    );
  });

  it("keeps what containers say, and reads it out by lines, bytes and age", async () => {
    const [pod] = await podsOf("api");
    const name = pod?.metadata.name ?? "";
    const first = (await log(name)).body.message ?? "";
    assert.match(first, /^starting api from registry\.example\/api:1\.0\.0\n/);
    for (const line of ["one", "two ✓", "three"]) double.say({ namespace: "prod", name }, line);
    const text = async (query: object) => (await log(name, query)).body.message;
    assert.equal(await text({ tailLines: "2" }), "two ✓\nthree\n");
    assert.equal(await text({ tailLines: "0" }), "");
    assert.equal(await text({ tailLines: "2", limitBytes: "3" }), "two");
    assert.match((await text({ tailLines: "1", timestamps: "true" })) ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z three\n$/);
    assert.equal(await text({ container: "api", sinceSeconds: "600" }), `${first}one\ntwo ✓\nthree\n`);
    double.say({ namespace: "prod", name }, "long ago", Date.now() - 3_600_000);
    assert.doesNotMatch((await text({ sinceSeconds: "600" })) ?? "", /long ago/);
    assert.match((await text({ sinceSeconds: "7200" })) ?? "", /long ago/);
    const previous = await log(name, { previous: "true" });
    assert.deepEqual(
      [previous.status, previous.body.message],
      [400, `previous terminated container "api" in pod "${name}" not found`],
    );
  });

  it("has no log of what could not start", async () => {
    const spec = { containers: [{ name: "x", image: "registry.example/x:missing" }] };
    await admin.create(at("Pod"), { metadata: { name: "stuck" }, spec });
    const { status, body } = await until(
      () => log("stuck"),
      (answer) => answer.body.message?.includes("pull") === true,
    );
    assert.deepEqual(
      [status, body.message],
      [400, 'container "x" in pod "stuck" is waiting to start: trying and failing to pull image'],
    );
  });

  const job = (name: string, tag: string, spec = {}) => {
    const containers = [{ name: "c", image: `${image.split(":")[0]}:${tag}` }];
    return { metadata: { name }, spec: { ...spec, template: { spec: { restartPolicy: "Never", containers } } } };
  };
  const ended = (name: string, type: string) =>
    until(
      () => admin.get(at("Job", name)),
      ({ status }) => JSON.stringify(status).includes(`"type":"${type}"`),
    );

  it("runs Jobs to their end by itself: as many pods as are to succeed, so many at a time", async () => {
    await admin.create(at("Job"), job("many", "1", { completions: 3, parallelism: 2 }));
    const { status } = await ended("many", "Complete");
    assert.equal((status as { succeeded: number }).succeeded, 3);
    assert.equal((await admin.list(at("Pod"), { labelSelector: "job-name=many" })).length, 3);
  });

  it("gives a Job up when one pod too many has failed", async () => {
    await admin.create(at("Job"), job("lost", "failing", { backoffLimit: 1 }));
    const { status } = await ended("lost", "Failed");
    assert.equal((status as { failed: number }).failed, 2);
  });

  it("starts nothing for a Job that is suspended", async () => {
    await admin.create(at("Job"), job("held", "1", { suspend: true }));
    await ended("held", "Suspended");
    assert.deepEqual(await admin.list(at("Pod"), { labelSelector: "job-name=held" }), []);
    await admin.patch(at("Job", "held"), { spec: { suspend: false } });
    await ended("held", "Complete");
  });

  it("tells of what happens in Events", async () => {
    await admin.patch(`${at("Deployment", "api")}/scale`, { spec: { replicas: 5 } });
    await until(
      () => messages("ScalingReplicaSet"),
      (all) => all.some((message) => /^Scaled up replica set api-\w+ from 4 to 5$/.test(String(message))),
    );
    assert.ok((await messages("Started")).includes("Started container api"));
  });

  it("has in the demo something for each kind of operation, ready from the start", async () => {
    const demo = await startKubernetesDouble({ rolloutMs: 10, seed: demoWorld });
    const client = openAdminClient(demo);
    try {
      assert.deepEqual(
        demo.snapshot().map(({ namespace: place, name, replicas, ready }) => `${place}/${name} ${ready}/${replicas}`),
        [...["prod/api 3/3", "prod/checkout 4/4", "staging/api 2/2"], ...["prod/orders-db 3/3", "prod/log-agent 2/2"]],
      );
      assert.ok(demo.snapshot().every(({ pods }) => pods.every(({ revision }) => revision === "1")));
      const { status } = await client.get(at("PodDisruptionBudget", "api"));
      assert.equal((status as { disruptionsAllowed: number }).disruptionsAllowed, 1);
      const migrated = await client.get(at("Job", "migrate-orders"));
      assert.equal((migrated["status"] as { succeeded: number }).succeeded, 1);
      for (const path of [at("CronJob", "nightly-report"), at("ConfigMap", "api-settings")]) await client.get(path);
    } finally {
      await client.close();
      await demo.close();
    }
  });

  it("serves what pods and nodes use only when that is switched on", async () => {
    const metrics = "/apis/metrics.k8s.io/v1beta1";
    assert.equal((await admin.send("GET", `${metrics}/nodes`)).status, 404);
    const measured = await startKubernetesDouble({
      rolloutMs: 10,
      metrics: true,
      seed: [namespace("prod"), deployment("prod", "api", 2)],
    });
    const client = openAdminClient(measured);
    try {
      const nodes = await client.list(`${metrics}/nodes`);
      assert.deepEqual(
        nodes.map(({ metadata }) => metadata.name),
        ["node-a", "node-b"],
      );
      const pods = await client.list(`${metrics}/namespaces/prod/pods`);
      assert.equal(pods.length, 2);
      const [{ containers } = assert.fail()] = pods as unknown as {
        containers: { name: string; usage: { cpu: string; memory: string } }[];
      }[];
      assert.equal(containers[0]?.name, "api");
      assert.match(containers[0]?.usage.cpu ?? "", /^\d+n$/);
      assert.match(containers[0]?.usage.memory ?? "", /^\d+Ki$/);
      const one = await client.get(`${metrics}/namespaces/prod/pods/${pods[0]?.metadata.name}`);
      assert.equal(one.kind, "PodMetrics");
      assert.equal((await client.send("GET", `${metrics}/namespaces/prod/pods/none`)).status, 404);
      assert.equal((await client.send("DELETE", `${metrics}/nodes/node-a`)).status, 405);
    } finally {
      await client.close();
      await measured.close();
    }
  });
});
