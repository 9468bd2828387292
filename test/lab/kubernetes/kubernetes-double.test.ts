import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Agent, fetch } from "undici";
import { type AdminClient, openAdminClient, type WatchEvent } from "./admin-client.ts";
import { type KubernetesDouble, startKubernetesDouble } from "./kubernetes-double.ts";
import { demoObjects } from "./seed.ts";

const deployments = "/apis/apps/v1/namespaces/prod/deployments";
const api = `${deployments}/api`;
const labelled = (value: string) => ({ metadata: { labels: { value } } });

describe("the Kubernetes double", () => {
  let double: KubernetesDouble;
  let admin: AdminClient;
  let changes = 0;

  beforeEach(async () => {
    changes = 0;
    double = await startKubernetesDouble({ rolloutMs: 30, seed: demoObjects, onChange: () => changes++ });
    admin = openAdminClient(double);
  });
  afterEach(async () => {
    await admin.close();
    await double.close();
  });

  const patch = (value: string) => admin.patch(api, labelled(value));

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  it("begins with workloads that are ready", () => {
    const seen = double.snapshot().map(({ namespace, name, replicas, ready, pods }) => {
      assert.ok(pods.every((pod) => pod.ready && pod.phase === "Running" && pod.revision === "1"));
      return [`${namespace}/${name}`, replicas, ready, pods.length];
    });
    assert.deepEqual(seen, [
      ["prod/api", 3, 3, 3],
      ["prod/checkout", 4, 4, 4],
      ["staging/api", 2, 2, 2],
    ]);
    assert.deepEqual([double.history, double.requests, changes], [[], [], 0]);
  });

  it("shows pods come and go, and tells of each change", async () => {
    const at = "2026-11-24T14:05:00.000Z";
    const annotations = { "kubectl.kubernetes.io/restartedAt": at };
    await admin.patch(api, { spec: { template: { metadata: { annotations } } } });
    const seen = () => double.snapshot().find(({ namespace, name }) => `${namespace}/${name}` === "prod/api");
    await until(() => seen()?.pods.some(({ phase }) => phase === "Pending") === true);
    await until(() => seen()?.pods.some(({ phase }) => phase === "Terminating") === true);
    await until(() => seen()?.pods.every(({ ready, revision }) => ready && revision === "2") === true);
    assert.equal(seen()?.restartedAt, at);
    assert.ok(changes > 6);
  });

  it("remembers what was done, by whom, under which audit id; not what was refused or rehearsed", async () => {
    const body = { spec: { replicas: 5 } };
    const scale = { contentType: "application/merge-patch+json", body, query: { fieldManager: "countersign" } };
    const { uid, resourceVersion } = (await admin.get(api)).metadata;
    const { auditId, body: scaled } = await admin.send("PATCH", `${api}/scale`, scale);
    await admin.send("PATCH", `${api}/scale`, { ...scale, query: { dryRun: "All" } });
    await admin.send("PATCH", `${api}/scale`, { ...scale, body: { spec: { replicas: -1 } } });
    await admin.send("PATCH", `${api}/scale`, scale);
    const [{ at, ...first } = assert.fail(), second, ...none] = double.history;
    assert.deepEqual(first, {
      auditId,
      user: "admin",
      verb: "patch",
      path: `${api}/scale?fieldManager=countersign`,
      uid,
      versionBefore: resourceVersion,
      versionAfter: scaled.metadata.resourceVersion,
      group: "apps",
      resource: "deployments",
      subresource: "scale",
      namespace: "prod",
      name: "api",
      fieldManager: "countersign",
      changed: true,
      bodyDigest: createHash("sha256").update(JSON.stringify(body)).digest("hex"),
    });
    assert.ok(Number.isInteger(at));
    assert.deepEqual([second?.changed, none], [false, []]);
    assert.ok(double.requests.includes(`PATCH ${api}/scale?dryRun=All`));
  });

  it("remembers for each way to write which object it was and from which version to which", async () => {
    const collection = "/api/v1/namespaces/prod/configmaps";
    const made = await admin.create(collection, { metadata: { generateName: "kept-" } });
    const { name, uid, resourceVersion } = made.metadata;
    const [pod] = await admin.list("/api/v1/namespaces/prod/pods", { labelSelector: "app=api" });
    const evicted = `/api/v1/namespaces/prod/pods/${pod?.metadata.name}/eviction`;
    const eviction = { metadata: { name: pod?.metadata.name } };
    for (const query of [{ dryRun: "All" }, {}]) await admin.send("POST", evicted, { body: eviction, query });
    await admin.send("DELETE", `${collection}/${name}`, { body: { dryRun: ["All"] } });
    await admin.remove(`${collection}/${name}`);
    assert.equal((await admin.send("DELETE", `${collection}/${name}`)).status, 404);
    const told = double.history.map((entry) => [
      entry.verb,
      entry.subresource,
      entry.name,
      entry.uid,
      entry.versionBefore,
      entry.versionAfter !== undefined,
      entry.changed,
    ]);
    assert.deepEqual(told, [
      ["create", "", name, uid, undefined, true, true],
      ["create", "eviction", pod?.metadata.name, pod?.metadata.uid, pod?.metadata.resourceVersion, true, true],
      ["delete", "", name, uid, resourceVersion, false, true],
    ]);
  });

  it("remembers which request of ours a write was for, by what the caller says of itself", async () => {
    const agent = new Agent({ connect: { ca: double.ca } });
    const headers = {
      authorization: `Bearer ${double.adminToken}`,
      "content-type": "application/merge-patch+json",
      "user-agent": "countersign/1.0 req/r-abc",
    };
    const body = JSON.stringify(labelled("ours"));
    await fetch(double.server + api, { method: "PATCH", dispatcher: agent, headers, body });
    await agent.destroy();
    await patch("theirs");
    assert.deepEqual(
      double.history.map(({ request }) => request),
      ["r-abc", undefined],
    );
  });

  it("refuses to delete a namespace or a whole collection, and never forgets the attempt", async () => {
    const paths = [
      "/api/v1/namespaces/prod",
      "/api/v1/namespaces/prod/pods",
      "/api/v1/namespaces/prod/pods/",
      `${deployments}?labelSelector=`,
      "/api/v1/pods",
    ];
    const { error } = console;
    const said: unknown[] = [];
    console.error = (...words: unknown[]) => said.push(words.join(" "));
    try {
      for (const path of paths) assert.equal((await admin.send("DELETE", path)).status, 405);
    } finally {
      console.error = error;
    }
    assert.deepEqual(
      double.escapes,
      paths.map((path) => ({ method: "DELETE", path })),
    );
    assert.equal(said[0], "ESCAPE: DELETE /api/v1/namespaces/prod reached the Kubernetes double");
    assert.equal(double.snapshot()[0]?.pods.length, 3);
    await admin.remove(`/api/v1/namespaces/prod/pods/${double.snapshot()[0]?.pods[0]?.name}`);
    assert.equal(double.escapes.length, paths.length);
  });

  it("sends a bookmark shortly before it ends a watch", async () => {
    const { resourceVersion } = (await admin.get(api)).metadata;
    const query = {
      resourceVersion,
      allowWatchBookmarks: "true",
      timeoutSeconds: "3",
      fieldSelector: "metadata.name=api",
    };
    const events: WatchEvent[] = [];
    for await (const event of admin.watch(deployments, query, AbortSignal.timeout(5_000))) events.push(event);
    assert.deepEqual(
      events.map(({ type }) => type),
      ["BOOKMARK"],
    );
    assert.ok(Number(events[0]?.object.metadata.resourceVersion) >= Number(resourceVersion));
  });

  it("does no server-side apply, and says so", async () => {
    const answer = await admin.send("PATCH", api, { contentType: "application/apply-patch+yaml", body: "{}" });
    assert.equal(answer.status, 501);
  });
});
