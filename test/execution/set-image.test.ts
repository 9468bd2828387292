import assert from "node:assert/strict";
import { actOf, changeOf } from "../../src/execution/acts.ts";
import { reader } from "../../src/execution/bench.ts";
import { work } from "../../src/execution/work.ts";
import type { WorkloadKind } from "../../src/operation/catalogue/workloads.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { noon } from "../fakes/clock.ts";
import { labPolicy } from "../fakes/policy.ts";
import { patchType } from "../lab/kubernetes/admin-client.ts";
import { collectionPath } from "../lab/kubernetes/resources.ts";
import { demoWorld } from "../lab/kubernetes/seed.ts";
import { inState } from "../request/samples.ts";
import { openBench, type TestBench } from "./bench.ts";

const of = <K extends WorkloadKind>(kind: K, called: string) => ({
  target: { kind, namespace: namespace("prod"), name: name(called) },
  path: `${collectionPath(kind, "prod")}/${called}`,
});
const api = of("Deployment", "api");
const all = [api, of("StatefulSet", "orders-db"), of("DaemonSet", "log-agent")];
type One = (typeof all)[number];
const set = ({ target }: One, images: Readonly<Record<string, string>>): Operation => ({
  kind: "set-image",
  cluster: "demo",
  target,
  images,
});
const two = "registry.example/api:2";

describe("setting images", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench({ seed: demoWorld });
  });
  afterEach(() => test.close());

  async function planOf(operation: Operation) {
    const change = changeOf(operation);
    return actOf(change).plan(await test.cluster.session(reader, "r-1"), change, noon, "r-1");
  }
  async function whyNot(operation: Operation) {
    const plan = await planOf(operation);
    assert.ok("unplannable" in plan, JSON.stringify(plan));
    return plan.unplannable;
  }
  async function run(operation: Operation, meanwhile: () => Promise<unknown> = async () => undefined) {
    const request = await test.granted(operation);
    await meanwhile();
    await work(test.worker("first"), request.id);
    return test.now(request);
  }
  async function patchPods({ path }: One, spec: object) {
    const body = { spec: { template: { spec } } };
    const answer = await test.admin.send("PATCH", path, { body, contentType: patchType("strategic") });
    assert.equal(answer.status, 200, answer.body.message);
  }
  const podSpecOf = async ({ path }: One) => {
    const { spec } = (await test.admin.get(path)) as unknown as {
      spec: { template: { spec: Record<string, readonly Record<string, unknown>[]> } };
    };
    return spec.template.spec;
  };
  const imagesOf = async (one: One, list = "containers") =>
    (await podSpecOf(one))[list]?.map(({ name: called, image }) => `${called}=${image}`);
  const ours = () =>
    test.double.history
      .filter(
        ({ user, changed, resource }) =>
          changed && user.includes(":countersign-operations:") && /sets$|deployments/.test(resource),
      )
      .map(({ user, verb }) => [user.split(":").at(-1), verb]);

  for (const one of all)
    it(`gives a container of a ${one.target.kind} another image, once, under its own account`, async () => {
      const called = one.target.name;
      const image = `registry.example/${called}:2`;
      const done = inState(await run(set(one, { [called]: image })), "succeeded");
      assert.equal(done.outcome.says, "done, and rolled out");
      assert.deepEqual(await imagesOf(one), [`${called}=${image}`]);
      assert.deepEqual(ours(), [["countersign-set-image", "patch"]]);
      assert.deepEqual(done.plan.changes, [
        { field: `container ${called}: image`, from: `registry.example/${called}:1.0.0`, to: image },
      ]);
      assert.match(done.plan.effects.join(" "), /The tag of .*:2 can be moved/);
    });

  it("leaves everything else of the pods as it is, other containers first", async () => {
    await patchPods(api, {
      containers: [
        { name: "side", image: "registry.example/side:1", env: [{ name: "A", value: "1" }] },
        { name: "api", env: [{ name: "B", value: "2" }] },
      ],
      initContainers: [{ name: "first", image: "registry.example/first:1" }],
    });
    const before = await podSpecOf(api);
    inState(await run(set(api, { api: two })), "succeeded");
    const expected = structuredClone(before) as { containers: { name: string; image: string }[] };
    for (const container of expected.containers) if (container.name === "api") container.image = two;
    assert.deepEqual(await podSpecOf(api), expected);
  });

  it("finds init containers by their names, and says so", async () => {
    await patchPods(api, { initContainers: [{ name: "first", image: "registry.example/first:1" }] });
    const done = inState(await run(set(api, { api: two, first: "registry.example/first:2" })), "succeeded");
    assert.deepEqual(
      done.plan.changes.map(({ field }) => field),
      ["container api: image", "init container first: image"],
    );
    assert.deepEqual(await imagesOf(api, "initContainers"), ["first=registry.example/first:2"]);
    assert.deepEqual(await imagesOf(api), [`api=${two}`]);
  });

  it("says nothing of tags where a digest names the image", async () => {
    const plan = await planOf(set(api, { api: `registry.example/api@sha256:${"a".repeat(64)}` }));
    assert.ok("effects" in plan && !plan.effects.some((effect) => effect.includes("tag")));
  });

  it("is not planned for a container that is not there: it would add one", async () => {
    assert.equal(await whyNot(set(api, { ap: two })), "deploy/api has no container ap; it has api.");
    assert.equal(await whyNot(set(api, { toString: two })), "deploy/api has no container toString; it has api.");
  });

  it("is not misled by a container that is called as every object has a part", async () => {
    await patchPods(api, { containers: [{ name: "constructor", image: "registry.example/side:1" }] });
    const done = inState(await run(set(api, { api: two })), "succeeded");
    assert.equal(done.plan.changes.length, 1);
    assert.ok((await imagesOf(api))?.includes("constructor=registry.example/side:1"));
  });

  it("is not planned where nothing would change, however the image is written there", async () => {
    assert.equal(await whyNot(set(api, { api: "registry.example/api:1.0.0" })), "deploy/api has these images already.");
    await patchPods(api, { containers: [{ name: "api", image: "nginx:1" }] });
    assert.equal(await whyNot(set(api, { api: "docker.io/library/nginx:1" })), "deploy/api has these images already.");
  });

  it("is not planned while the Deployment is paused", async () => {
    await test.admin.patch(api.path, { spec: { paused: true } });
    assert.match(await whyNot(set(api, { api: two })), /^deploy\/api is paused/);
  });

  it("does nothing once the template is another than the one that was looked at", async () => {
    const other = () => patchPods(api, { containers: [{ name: "api", image: "registry.example/api:3" }] });
    const ended = inState(await run(set(api, { api: two }), other), "conflict");
    assert.match(ended.ended.why, /image became registry.example\/api:3/);
    assert.deepEqual(ours(), []);
  });

  it("does nothing once anything else of the template is another, though the image is the same", async () => {
    const env = (value: string) => patchPods(api, { containers: [{ name: "api", env: [{ name: "A", value }] }] });
    await env("1");
    inState(await run(set(api, { api: two }), () => env("2")), "conflict");
    assert.deepEqual(ours(), []);
  });

  it("does nothing where the worker's own policy allows no such image, whatever the web process said", async () => {
    const { images: _, ...none } = labPolicy;
    const ended = inState(
      await run(set(api, { api: two }), async () => test.policy.replace({ ...none, revision: "1".repeat(64) })),
      "denied",
    );
    assert.match(JSON.stringify(ended), /The policy allows no image registry.example\/api:2/);
    assert.deepEqual(ours(), []);
  });
});
