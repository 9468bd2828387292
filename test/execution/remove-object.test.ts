import assert from "node:assert/strict";
import { sha256 } from "../../src/audit/canonical.ts";
import type { Body } from "../../src/audit/chain.ts";
import type { AuditEvent } from "../../src/audit/event.ts";
import { work } from "../../src/execution/work.ts";
import type { DeleteObject } from "../../src/operation/catalogue/removals.ts";
import type { Request } from "../../src/request/request.ts";
import { name, namespace } from "../contract/sample-request.ts";
import type { KubeObject } from "../lab/kubernetes/object.ts";
import { collectionPath } from "../lab/kubernetes/resources.ts";
import { cronJob, demoObjects, job, statefulSet } from "../lab/kubernetes/seed.ts";
import { alice } from "../request/desk.ts";
import { inState } from "../request/samples.ts";
import { leaseMs, openBench, type TestBench } from "./bench.ts";
import { Crashed, mortalWorker, watchedWorker } from "./watched.ts";

const at = <K extends "Deployment" | "StatefulSet" | "Job" | "ConfigMap">(kind: K, named: string) => ({
  cluster: "demo",
  target: { kind, namespace: namespace("prod"), name: name(named) },
  cascade: "background" as const,
});
const ofApi: DeleteObject = { kind: "delete-deployment", ...at("Deployment", "api") };
const ofDb: DeleteObject = { kind: "delete-statefulset", ...at("StatefulSet", "db") };
const ofJob: DeleteObject = { kind: "delete-job", ...at("Job", "migrate") };
const ofSettings: DeleteObject = { kind: "delete-configmap", ...at("ConfigMap", "settings") };
const secret = "hunter2-in-a-configmap";
const settings = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", namespace: "prod", labels: { team: "web" } },
  data: { PASSWORD: secret, LEVEL: "info" },
};

const pathOf = ({ target }: DeleteObject) => `${collectionPath(target.kind, "prod")}/${target.name}`;
const saysOf = (request: Request) => ("outcome" in request ? request.outcome.says : "");

describe("the removal of an object", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench({
      seed: [...demoObjects, statefulSet("prod", "db", 2), job("prod", "migrate"), settings],
    });
  });
  afterEach(() => test.close());

  const removals = () =>
    test.double.history.filter(({ user, changed }) => changed && /:countersign-delete-[a-z]+$/.test(user));
  const stands = async (operation: DeleteObject) => (await test.admin.send("GET", pathOf(operation))).status === 200;
  async function planned(operation: DeleteObject) {
    const { id } = await test.desk.asks(alice, operation);
    await work(test.worker("planner"), id);
    return test.now({ id });
  }
  async function planOf(operation: DeleteObject) {
    const request = await planned(operation);
    assert.ok("plan" in request && request.plan, JSON.stringify(request));
    return request.plan;
  }
  async function whyNot(operation: DeleteObject) {
    const request = await planned(operation);
    assert.ok("ended" in request, JSON.stringify(request));
    return request.ended.why;
  }
  const keptOf = (request: Request) => {
    assert.ok("kept" in request && request.kept !== undefined, "nothing was kept");
    return request.kept;
  };

  for (const operation of [ofApi, ofDb, ofJob, ofSettings])
    it(`${operation.kind} is done once, under its own account, and what was removed is kept`, async () => {
      const before = await test.admin.get(pathOf(operation));
      const request = await test.granted(operation);
      assert.equal(await stands(operation), true);
      await work(test.worker("first"), request.id);
      const done = inState(await test.now(request), "succeeded");
      assert.match(done.outcome.says, /^done, and the \w+ is gone$/);
      assert.equal(await stands(operation), false);
      assert.deepEqual(
        removals().map(({ user }) => user.split(":").at(-1)),
        [`countersign-${operation.kind}`],
      );
      const kept = JSON.parse(keptOf(done)) as KubeObject;
      assert.deepEqual([kept.kind, kept.metadata.name], [before.kind, before.metadata.name]);
      assert.equal(kept["status"], undefined);
    });

  it("of anything can be undone: what was kept is taken as it is, and makes the same spec anew", async () => {
    for (const operation of [ofApi, ofDb, ofJob, ofSettings]) {
      const before = await test.admin.get(pathOf(operation));
      const request = await test.granted(operation);
      await work(test.worker("first"), request.id);
      const body = JSON.parse(keptOf(await test.now(request)));
      const query = { fieldValidation: "Strict" };
      const { status, body: made } = await test.admin.send("POST", collectionPath(operation.target.kind, "prod"), {
        body,
        query,
      });
      assert.equal(status, 201, made.message);
      assert.notEqual(made.metadata.uid, before.metadata.uid);
      if (operation.kind === "delete-job") continue;
      assert.deepEqual([made["spec"], made["data"]], [before["spec"], before["data"]]);
    }
  });

  it("keeps the manifest before the call, for a worker may be gone after it", async () => {
    const request = await test.granted(ofSettings);
    await assert.rejects(work(mortalWorker(test, "first", "after call"), request.id), Crashed);
    const kept = keptOf(inState(await test.now(request), "executing"));
    assert.ok(kept.includes(secret));
    test.desk.clock.pass(leaseMs + 1);
    await work(test.worker("second"), request.id);
    assert.equal(keptOf(inState(await test.now(request), "succeeded")), kept);
    assert.equal(removals().length, 1);
  });

  it("shows nobody what a configmap holds: neither the plan nor the trail, which has the SHA-256 of what is kept", async () => {
    const request = await test.granted(ofSettings);
    assert.ok(!JSON.stringify(request).includes(secret));
    assert.equal(request.plan.changes[0]?.from, "the keys LEVEL, PASSWORD");
    await work(test.worker("first"), request.id);
    const kept = keptOf(await test.now(request));
    const entries: AuditEvent[] = [];
    for await (const { body } of test.desk.trail.entries()) entries.push((JSON.parse(body) as Body).event);
    assert.ok(!JSON.stringify(entries).includes(secret));
    const intent = entries.find((event) => event.kind === "execution.intent");
    assert.equal(intent?.kind === "execution.intent" && intent.kept, sha256(kept));
  });

  it("is not planned where its manifest would be too long to be kept", async () => {
    await test.admin.patch(pathOf(ofSettings), { data: { LONG: "x".repeat(256 * 1024) } });
    assert.match(await whyNot(ofSettings), /at most 262144 can be kept for restoring it: it is not deleted from here/);
  });

  it("names the pods that go, and what becomes of what it owns", async () => {
    const { changes, effects, facts } = await planOf(ofApi);
    assert.deepEqual(changes, [{ field: "the deployment", from: "there", to: "deleted" }]);
    assert.deepEqual(effects, [
      "3 pods go with it: the workload stops serving.",
      "It goes at once, and what it owns after it (propagation Background).",
      "Its manifest is kept; an administrator can print it to restore it.",
    ]);
    assert.equal(facts.replicas, 3);
    const orphaned = await planOf({ ...ofApi, cascade: "orphan" });
    assert.match(orphaned.effects.join(" "), /3 pods stay behind as they run.*owned by nobody \(propagation Orphan\)/);
  });

  it("says whether the data of a statefulset stays", async () => {
    assert.ok((await planOf(ofDb)).effects.includes("Its PersistentVolumeClaims stay, with their data."));
    const { spec } = statefulSet("prod", "lost", 1) as unknown as { spec: object };
    const policy = { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Retain" } };
    await test.admin.create(collectionPath("StatefulSet", "prod"), {
      ...statefulSet("prod", "lost", 1),
      spec: { ...spec, ...policy },
    });
    const plan = await planOf({ kind: "delete-statefulset", ...at("StatefulSet", "lost") });
    assert.match(plan.effects.join(" "), /THEIR DATA IS LOST/);
  });

  it("names the pods that use a configmap", async () => {
    assert.ok((await planOf(ofSettings)).effects.includes("No pod of the namespace uses it now."));
    for (const [i, spec] of [
      { volumes: [{ name: "v", configMap: { name: "settings" } }] },
      { containers: [{ name: "one", image: "a", envFrom: [{ configMapRef: { name: "settings" } }] }] },
      {
        containers: [
          {
            name: "one",
            image: "a",
            env: [{ name: "L", valueFrom: { configMapKeyRef: { name: "settings", key: "LEVEL" } } }],
          },
        ],
      },
    ].entries())
      await test.admin.create(collectionPath("Pod", "prod"), {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: `user-${i}` },
        spec: { containers: [{ name: "one", image: "a" }], ...spec },
      });
    const { effects, facts } = await planOf(ofSettings);
    assert.match(effects[0] ?? "", /^3 pods use it: user-0, user-1, user-2\. What they have read they keep/);
    assert.equal(facts.replicas, 3);
  });

  it("is refused for what another object owns and would make anew, but not for a cronjob's job", async () => {
    const { uid } = (await test.admin.get(pathOf(ofApi))).metadata;
    const owner = { apiVersion: "apps/v1", kind: "Deployment", name: "api", uid, controller: true };
    await test.admin.patch(pathOf(ofSettings), { metadata: { ownerReferences: [owner] } });
    assert.equal(
      await whyNot(ofSettings),
      "Deployment api owns cm/settings and would make it anew: change Deployment api instead.",
    );
    const cron = await test.admin.create(collectionPath("CronJob", "prod"), cronJob("prod", "nightly"));
    const maker = {
      apiVersion: "batch/v1",
      kind: "CronJob",
      name: "nightly",
      uid: cron.metadata.uid,
      controller: true,
    };
    await test.admin.patch(pathOf(ofJob), { metadata: { ownerReferences: [maker] } });
    assert.deepEqual((await planOf(ofJob)).live.warnings, ["CronJob nightly makes others by its schedule."]);
  });

  it("warns of finalizers, and is accepted and not gone where one keeps the object", async () => {
    await test.admin.patch(pathOf(ofSettings), { metadata: { finalizers: ["example.org/wait"] } });
    const request = await test.granted(ofSettings);
    assert.match(request.plan.live.warnings.join(" "), /The finalizer example.org\/wait keeps it/);
    await work(test.worker("first", { watchMs: 300 }), request.id);
    assert.match(
      saysOf(inState(await test.now(request), "failed")),
      /was made, but the configmap was not gone .*: it waits for example.org\/wait/,
    );
    assert.match(await whyNot(ofSettings), /is being deleted already, and waits for example.org\/wait/);
  });

  it("waits, in the foreground, until what it owns is gone as well", async () => {
    const request = await test.granted({ ...ofApi, cascade: "foreground" });
    await work(test.worker("first"), request.id);
    inState(await test.now(request), "succeeded");
    const pods = await test.admin.list(collectionPath("Pod", "prod"), { labelSelector: "app=api" });
    assert.deepEqual(pods, []);
  });

  it("runs though its pods came and went meanwhile: that was not what was approved", async () => {
    test.double.faults.stallPods(true);
    await test.admin.patch(`${pathOf(ofDb)}/scale`, { spec: { replicas: 3 } });
    const request = await test.granted(ofDb);
    await test.admin.patch(`${pathOf(ofDb)}/scale`, { spec: { replicas: 1 } });
    test.double.faults.stallPods(false);
    await work(test.worker("first"), request.id);
    inState(await test.now(request), "succeeded");
  });

  it("does not run for another spec than was approved, nor for a successor of the same name", async () => {
    const request = await test.granted(ofSettings);
    await test.admin.patch(pathOf(ofSettings), { data: { LEVEL: "debug" } });
    await work(test.worker("first"), request.id);
    inState(await test.now(request), "conflict");
    const next = await test.granted(ofSettings);
    await test.admin.remove(pathOf(ofSettings));
    await test.admin.create(collectionPath("ConfigMap", "prod"), settings);
    await work(test.worker("first"), next.id);
    inState(await test.now(next), "conflict");
    assert.deepEqual(removals(), []);
  });

  it("claims no more than that the object is gone where its call was lost and somebody else removed it", async () => {
    const request = await test.granted(ofSettings);
    let calls = 0;
    test.double.faults.judge(({ method, path }) => {
      if (method !== "DELETE" || path.includes("dryRun")) return {};
      calls += 1;
      if (calls > 1) return calls === 2 ? {} : { delayMs: 300 };
      void test.admin.remove(pathOf(ofSettings));
      return { drop: "before-effect" };
    });
    await work(test.worker("first"), request.id);
    const says = saysOf(inState(await test.now(request), "succeeded"));
    assert.equal(says, "it is gone; nothing shows whether by this request or by somebody else");
    assert.deepEqual(removals(), []);
  });

  it("keeps what was removed, and not what was looked at first, where the object moved in between", async () => {
    const request = await test.granted(ofSettings);
    const bench = watchedWorker(test, "first", async (moment) => {
      if (moment === "after ticket")
        await test.admin.patch(pathOf(ofSettings), { metadata: { annotations: { "example.org/late": "yes" } } });
    });
    await work(bench, request.id);
    const kept = keptOf(inState(await test.now(request), "succeeded"));
    assert.equal((JSON.parse(kept) as KubeObject).metadata.annotations?.["example.org/late"], "yes");
    assert.equal(removals().length, 1);
  });
});
