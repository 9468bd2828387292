import assert from "node:assert/strict";
import { type AdminClient, openAdminClient, patchType, type WatchEvent } from "./admin-client.ts";
import { type KubernetesDouble, startKubernetesDouble } from "./kubernetes-double.ts";
import { demoObjects } from "./seed.ts";

const deployments = "/apis/apps/v1/namespaces/prod/deployments";
const api = `${deployments}/api`;
const labelled = (value: string) => ({ metadata: { labels: { value } } });

describe("the Kubernetes double, on demand,", () => {
  let double: KubernetesDouble;
  let admin: AdminClient;

  beforeEach(async () => {
    double = await startKubernetesDouble({ rolloutMs: 30, seed: demoObjects });
    admin = openAdminClient(double);
  });
  afterEach(async () => {
    await admin.close();
    await double.close();
  });

  const label = async () => (await admin.get(api)).metadata.labels?.["value"];
  const patch = (value: string) => admin.patch(api, labelled(value));

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  it("loses a request before its effect, or only its answer", async () => {
    double.faults.drop("before-effect", /deployments\/api/);
    await assert.rejects(patch("one"), /fetch failed/);
    assert.equal(await label(), undefined);
    double.faults.drop("after-effect", /deployments\/api/);
    await assert.rejects(patch("two"), /fetch failed/);
    assert.equal(await label(), "two");
    await patch("three");
    assert.equal(await label(), "three");
    assert.deepEqual(
      double.history.map(({ verb }) => verb),
      ["patch", "patch"],
    );
  });

  it("answers a status so many times, and spares other paths", async () => {
    double.faults.answer(503, /\/deployments\/api$/, 2);
    assert.equal((await admin.send("GET", `${deployments}/checkout`)).status, 200);
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await admin.send("GET", api)).status);
    assert.deepEqual(statuses, [503, 503, 200]);
  });

  it("lets each call be judged by what it is", async () => {
    double.faults.judge(({ method, path }) => {
      if (method !== "PATCH") return {};
      return path.includes("checkout") ? { answer: 409 } : { delayMs: 1, drop: "after-effect" };
    });
    const other = await admin.send("PATCH", `${deployments}/checkout`, {
      body: labelled("x"),
      contentType: patchType("merge"),
    });
    assert.deepEqual([other.status, other.body.reason], [409, "Conflict"]);
    await assert.rejects(patch("done"), /fetch failed/);
    assert.equal(await label(), "done");
    assert.deepEqual(
      double.history.map(({ name }) => name),
      ["api"],
    );
    double.faults.clear();
    await patch("undisturbed");
  });

  it("answers late", async () => {
    double.faults.delay(60, /deployments\/api/);
    const order: string[] = [];
    await Promise.all([
      patch("late").then(() => order.push("late")),
      admin.get(`${deployments}/checkout`).then(() => order.push("other")),
    ]);
    assert.deepEqual(order, ["other", "late"]);
  });

  it("cuts watches off", async () => {
    const { resourceVersion } = (await admin.get(api)).metadata;
    const events: WatchEvent[] = [];
    const watching = (async () => {
      for await (const event of admin.watch(deployments, { resourceVersion }, new AbortController().signal))
        events.push(event);
    })();
    await patch("seen");
    await until(() => events.length > 0);
    double.faults.cutWatches();
    await assert.rejects(watching);
    assert.equal(events.at(-1)?.object.metadata.labels?.["value"], "seen");
  });

  it("forgets the past: an old watch is told 410, and so is an old page", async () => {
    const { metadata } = (await admin.send("GET", deployments, { query: { limit: "1" } })).body;
    await patch("newer");
    double.faults.compact();
    const events: WatchEvent[] = [];
    const query = { resourceVersion: metadata.resourceVersion };
    for await (const event of admin.watch(deployments, query, AbortSignal.timeout(5_000))) events.push(event);
    const status = events[0]?.object;
    assert.deepEqual(
      [events.length, events[0]?.type, status?.["code"], status?.["reason"]],
      [1, "ERROR", 410, "Expired"],
    );
    const page = { limit: "1", continue: String(metadata["continue"]) };
    assert.equal((await admin.send("GET", deployments, { query: page })).status, 410);
  });

  it("lets pods hang until told otherwise", async () => {
    double.faults.stallPods(true);
    await admin.patch(`${api}/scale`, { spec: { replicas: 4 } });
    await until(() => double.snapshot()[0]?.pods.length === 4);
    const waiting = async () => {
      const pods = await admin.list("/api/v1/namespaces/prod/pods", { labelSelector: "app=api" });
      return JSON.stringify(pods).includes("ErrImagePull");
    };
    while (!(await waiting()));
    assert.equal(double.snapshot()[0]?.ready, 3);
    double.faults.clear();
    await until(() => double.snapshot()[0]?.ready === 4);
  });
});
