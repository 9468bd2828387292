import assert from "node:assert/strict";
import { controllerOf, type Pod } from "../../lab/kubernetes/controllers/workload.ts";
import type { KubeObject } from "../../lab/kubernetes/object.ts";
import { type Bench, eventually, refused } from "./bench.ts";

export function describeJobs(bench: Bench): void {
  describe("Jobs", () => {
    const at = (name: string) => bench.at("Job", name);
    const image = "registry.example/job:1";
    const spec = { template: { spec: { restartPolicy: "Never", containers: [{ name: "job", image }] } } };
    const job = (name: string, rest = {}) => ({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name },
      spec: { ...spec, ...rest },
    });
    const podsOfJob = async (name: string) =>
      (await bench.admin.list(bench.at("Pod"), { labelSelector: `job-name=${name}` })) as readonly Pod[];
    const conditionsOf = ({ status }: KubeObject) =>
      ((status as { conditions?: readonly { type: string; status: string }[] }).conditions ?? []).map(
        ({ type }) => type,
      );

    /** Its pod ends well: by itself, or because the kubelet of the tests is told so. */
    async function finish(name: string): Promise<void> {
      const [pod] = await eventually(
        () => podsOfJob(name),
        ([one]) => one !== undefined && one.status.phase !== "Pending",
      );
      const path = bench.at("Pod", pod?.metadata.name, "status");
      await bench.patch(path, { status: { phase: "Succeeded" } });
    }

    it("run a pod to its end, and then are complete", async () => {
      const made = await bench.make(job("once"));
      const { uid } = made.metadata;
      const labels = { "batch.kubernetes.io/job-name": "once", "job-name": "once", "controller-uid": uid };
      const { matchLabels } = (made["spec"] as { selector: { matchLabels: object } }).selector;
      assert.deepEqual(matchLabels, { "batch.kubernetes.io/controller-uid": uid });
      await finish("once");
      const done = await eventually(
        () => bench.admin.get(at("once")),
        (one) => conditionsOf(one).includes("Complete"),
      );
      const status = done["status"] as Record<string, unknown>;
      assert.deepEqual([status["succeeded"], status["active"], status["failed"]], [1, undefined, undefined]);
      assert.ok(status["startTime"] && status["completionTime"]);
      const [pod] = await podsOfJob("once");
      assert.equal(pod && controllerOf(pod)?.uid, uid);
      for (const [key, value] of Object.entries(labels)) assert.equal(pod?.metadata.labels?.[key], value);
      const path = bench.at("Pod", pod?.metadata.name);
      await bench.admin.remove(path);
      await eventually(
        () => bench.admin.send("GET", path),
        (answer) => answer.status === 404,
      );
      assert.deepEqual(await podsOfJob("once"), []);
    });

    it("are made by hand from a CronJob, under a name that can be taken once", async () => {
      const cron = await bench.make({
        apiVersion: "batch/v1",
        kind: "CronJob",
        metadata: { name: "nightly" },
        spec: { schedule: "0 3 * * *", jobTemplate: { spec } },
      });
      const { kind, apiVersion, metadata } = cron;
      const owner = { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true };
      const annotations = { "cronjob.kubernetes.io/instantiate": "manual" };
      const body = {
        metadata: { name: "nightly-by-hand", annotations, ownerReferences: [owner] },
        spec: (cron["spec"] as { jobTemplate: { spec: object } }).jobTemplate.spec,
      };
      const query = { fieldManager: "countersign-r", fieldValidation: "Strict" };
      const create = (more = {}) => bench.admin.send("POST", bench.at("Job"), { body, query: { ...query, ...more } });
      assert.equal((await create({ dryRun: "All" })).status, 201);
      const { status, body: made } = await create();
      assert.equal(status, 201, made.message);
      assert.deepEqual(
        [made.metadata.annotations, made.metadata.ownerReferences?.[0]?.uid],
        [annotations, metadata.uid],
      );
      assert.ok(made.metadata.managedFields?.some(({ manager }) => manager === "countersign-r"));
      refused(await create(), 409, "AlreadyExists", 'jobs.batch "nightly-by-hand" already exists');
      await finish("nightly-by-hand");
      await eventually(
        () => bench.admin.get(at("nightly-by-hand")),
        (one) => conditionsOf(one).includes("Complete"),
      );
    });

    it("are counted in the status of their CronJob, a subresource that leaves its generation as it is", async () => {
      const path = bench.at("CronJob", "counting");
      const { metadata } = await bench.make({
        apiVersion: "batch/v1",
        kind: "CronJob",
        metadata: { name: "counting" },
        spec: { schedule: "0 3 * * *", suspend: true, jobTemplate: { spec } },
      });
      const status = { lastScheduleTime: "2026-01-01T03:00:00Z" };
      const { body } = await bench.patch(`${path}/status`, { status, spec: { suspend: false } });
      assert.deepEqual([body["status"], body.metadata.generation], [status, metadata.generation]);
      assert.notEqual(body.metadata.resourceVersion, metadata.resourceVersion);
      assert.equal((body["spec"] as { suspend: boolean }).suspend, true);
    });

    it("leave their pods behind when deleted without a word, and warn of it", async () => {
      await bench.make(job("left"));
      await eventually(
        () => podsOfJob("left"),
        (pods) => pods.length === 1,
      );
      const { status, warnings, body } = await bench.admin.send("DELETE", at("left"));
      assert.deepEqual([status, body.metadata.finalizers], [200, ["orphan"]]);
      assert.match(warnings, /child pods are preserved by default when jobs are deleted/);
      await eventually(
        () => bench.admin.send("GET", at("left")),
        (answer) => answer.status === 404,
      );
      const [pod] = await podsOfJob("left");
      assert.deepEqual([pod?.metadata.ownerReferences, pod?.metadata.deletionTimestamp], [undefined, undefined]);
    });

    it("take their pods with them when deleted in the background", async () => {
      await bench.make(job("swept"));
      await eventually(
        () => podsOfJob("swept"),
        (pods) => pods.length === 1,
      );
      const { warnings, body } = await bench.admin.send("DELETE", at("swept"), {
        body: { propagationPolicy: "Background" },
      });
      assert.deepEqual([warnings, body["status"]], ["", "Success"]);
      await eventually(
        () => podsOfJob("swept"),
        (pods) => pods.length === 0,
      );
    });

    it("and CronJobs are refused when they could not run", async () => {
      const always = { template: { spec: { containers: [{ name: "job", image }] } } };
      refused(
        await bench.admin.send("POST", bench.at("Job"), { body: job("always", always) }),
        422,
        "Invalid",
        'Job.batch "always" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
      );
      await bench.make(job("fixed-job", { suspend: true }));
      const containers = [{ name: "job", image: "registry.example/job:2" }];
      const template = { spec: { template: { spec: { containers } } } };
      refused(await bench.patch(at("fixed-job"), template, {}, "strategic"), 422, "Invalid", /field is immutable/);
    });

    it("of a CronJob are held back by suspending it, which counts as a change", async () => {
      const schedule = "0 3 * * *";
      const cron = { apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "held" } };
      const made = await bench.make({ ...cron, spec: { schedule, jobTemplate: { spec } } });
      const path = bench.at("CronJob", "held");
      const suspended = ({ spec: one }: KubeObject) => (one as { suspend: boolean }).suspend;
      assert.deepEqual([suspended(made), made.metadata.generation], [false, 1]);
      const { uid, resourceVersion } = made.metadata;
      const patch = { metadata: { uid, resourceVersion }, spec: { suspend: true } };
      const held = await bench.patch(path, patch, { fieldManager: "countersign-r", fieldValidation: "Strict" });
      assert.deepEqual([held.status, suspended(held.body), held.body.metadata.generation], [200, true, 2]);
      refused(await bench.patch(path, patch), 409, "Conflict");
      assert.equal(suspended(await bench.admin.patch(path, { spec: { suspend: false } })), false);
      refused(
        await bench.patch(path, { spec: { schedule: "nope" } }),
        422,
        "Invalid",
        'CronJob.batch "held" is invalid: spec.schedule: Invalid value: "nope": expected exactly 5 fields, found 1: [nope]',
      );
    });
  });
}
