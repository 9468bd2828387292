import assert from "node:assert/strict";
import { actOf, changeOf } from "../../src/execution/acts.ts";
import { reader } from "../../src/execution/bench.ts";
import { work } from "../../src/execution/work.ts";
import { rulesOf } from "../../src/operation/accounts.ts";
import type { WorkloadKind } from "../../src/operation/catalogue/workloads.ts";
import { digestOf } from "../../src/operation/digest.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { eventually } from "../contract/kubernetes/bench.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { noon } from "../fakes/clock.ts";
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
const undo = ({ target }: One, toRevision?: number): Operation => ({
  kind: "rollout-undo",
  cluster: "demo",
  target,
  ...(toRevision === undefined ? {} : { toRevision }),
});

describe("undoing a rollout", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench({ seed: demoWorld });
  });
  afterEach(() => test.close());

  const containersOf = async ({ path }: One) =>
    ((await test.admin.get(path)) as unknown as { spec: { template: { spec: { containers: { image: string }[] } } } })
      .spec.template.spec.containers;
  const imageOf = async (one: One) => (await containersOf(one))[0]?.image;
  async function patchTemplate({ path }: One, template: object) {
    const contentType = patchType("strategic");
    const { status, body } = await test.admin.send("PATCH", path, { body: { spec: { template } }, contentType });
    assert.equal(status, 200, body.message);
    const seen = ({ metadata, status: of }: Awaited<ReturnType<typeof test.admin.get>> & { status?: object }) =>
      (of as { observedGeneration?: number }).observedGeneration === metadata.generation;
    await eventually(() => test.admin.get(path) as never, seen);
  }
  const setImage = (one: One, tag: string, more: object = {}) => {
    const called = one.target.name;
    const containers = [{ name: called, image: `registry.example/${called}:${tag}`, ...more }];
    return patchTemplate(one, { spec: { containers } });
  };
  async function planOf(operation: Operation) {
    const change = changeOf(operation);
    return actOf(change).plan(await test.cluster.session(reader, "r-1"), change, noon, "r-1");
  }
  async function whyNot(operation: Operation) {
    const plan = await planOf(operation);
    assert.ok("unplannable" in plan, JSON.stringify(plan));
    return plan.unplannable;
  }
  async function changesOf(operation: Operation) {
    const plan = await planOf(operation);
    assert.ok("changes" in plan, JSON.stringify(plan));
    return plan.changes;
  }
  async function run(operation: Operation, meanwhile: () => Promise<unknown> = async () => undefined) {
    const request = await test.granted(operation);
    await meanwhile();
    await work(test.worker("first"), request.id);
    return test.now(request);
  }
  const ours = () =>
    test.double.history
      .filter(
        ({ user, changed, resource }) =>
          changed && user.includes(":countersign-operations:") && /sets$|deployments/.test(resource),
      )
      .map(({ user, verb }) => [user.split(":").at(-1), verb]);

  for (const one of all)
    it(`gives a ${one.target.kind} the template of the revision before, once, under its own account`, async () => {
      const first = await imageOf(one);
      await setImage(one, "2");
      const done = inState(await run(undo(one)), "succeeded");
      assert.equal(done.outcome.says, "done, and rolled out");
      assert.equal(await imageOf(one), first);
      assert.deepEqual(ours(), [["countersign-rollout-undo", "patch"]]);
      assert.deepEqual(done.plan.changes, [
        { field: "revision", from: "2", to: "1 again, as the newest" },
        {
          field: `container ${one.target.name}: image`,
          from: `registry.example/${one.target.name}:2`,
          to: `registry.example/${one.target.name}:1.0.0`,
        },
      ]);
    });

  it("goes back to the very revision that is named, and takes away what that had not", async () => {
    await setImage(api, "2", { env: [{ name: "PASSWORD", value: "hunter2" }] });
    await setImage(api, "3");
    await patchTemplate(api, { metadata: { labels: { rev: "4" } } });
    assert.deepEqual(await changesOf(undo(api, 1)), [
      { field: "revision", from: "4", to: "1 again, as the newest" },
      { field: "container api: image", from: "registry.example/api:3", to: "registry.example/api:1.0.0" },
      { field: "container api: env", from: "as it is", to: "as in revision 1" },
      { field: "pods: label rev", from: "as it is", to: "as in revision 1" },
    ]);
    const done = inState(await run(undo(api, 1)), "succeeded");
    const [container] = await containersOf(api);
    assert.ok(container && !("env" in container));
    assert.ok(!JSON.stringify(done).includes("hunter2"), "what stands in the template is not in the record");
  });

  it("says a container that comes, goes, or is another", async () => {
    await patchTemplate(api, { spec: { containers: [{ name: "side", image: "registry.example/side:1" }] } });
    assert.deepEqual((await changesOf(undo(api))).slice(1), [
      { field: "container side", from: "registry.example/side:1", to: "none" },
    ]);
  });

  it("is not planned without such a revision, and says which there are", async () => {
    assert.equal(await whyNot(undo(api)), "deploy/api has no revision before the one it has.");
    await setImage(api, "2");
    assert.equal(await whyNot(undo(api, 7)), "deploy/api has no revision 7; it has 2, 1.");
    assert.equal(await whyNot(undo(api, 2)), "deploy/api has the template of revision 2 already.");
  });

  it("is not planned while the Deployment is paused", async () => {
    await setImage(api, "2");
    await test.admin.patch(api.path, { spec: { paused: true } });
    assert.match(await whyNot(undo(api)), /^deploy\/api is paused/);
  });

  for (const [field, value] of [
    ["serviceAccountName", "admin"],
    ["hostNetwork", true],
    ["hostPID", true],
    ["hostIPC", true],
  ] as const)
    it(`is not planned to a revision with another ${field}`, async () => {
      await patchTemplate(api, { spec: { [field]: value } });
      assert.match(await whyNot(undo(api)), new RegExp(`^Revision 1 of deploy/api has another ${field}`));
    });

  it("does not count what another workload of the same labels has had", async () => {
    const set = await test.admin.create(collectionPath("ReplicaSet", "prod"), {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: { name: "planted", labels: { app: "api" }, annotations: { "deployment.kubernetes.io/revision": "9" } },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: "planted" } },
        template: { metadata: { labels: { app: "planted" } }, spec: { containers: [{ name: "api", image: "evil" }] } },
      },
    });
    assert.ok(set.metadata.uid);
    assert.equal(await whyNot(undo(api, 9)), "deploy/api has no revision 9; it has 1.");
  });

  it("does nothing once the template is another than the one that was to be replaced", async () => {
    await setImage(api, "2");
    const ended = inState(await run(undo(api, 1), () => setImage(api, "3")), "conflict");
    assert.match(ended.ended.why, /revision became 3/);
    assert.deepEqual(ours(), []);
  });

  it("binds all of the template that is replaced, before its controller has made a revision of it", async () => {
    await setImage(api, "2", { env: [{ name: "A", value: "1" }] });
    const change = changeOf(undo(api));
    const session = await test.cluster.session(reader, "r-1");
    const late: typeof session = {
      ...session,
      async get(ref) {
        const { object, auditId } = await session.get(ref);
        return { object: JSON.parse(JSON.stringify(object).replace('"value":"1"', '"value":"2"')), auditId };
      },
    };
    const asker = { request: "r-1", requester: "alice", reason: "5xx" };
    const digests = [];
    for (const one of [session, session, late]) {
      const plan = await actOf(change).plan(one, change, noon, "r-1");
      assert.ok("changes" in plan);
      digests.push(digestOf(asker, plan));
    }
    assert.equal(digests[0], digests[1]);
    assert.notEqual(digests[0], digests[2]);
  });

  it("does nothing once the revision keeps another template than was approved, though planted under its name", async () => {
    await setImage(api, "2");
    const request = await test.granted(undo(api));
    const { source } = (request.plan.binding as { source: { name: string } }) ?? {};
    const path = `${collectionPath("ReplicaSet", "prod")}/${source.name}`;
    const containers = [{ name: "api", image: "registry.example/evil:1" }];
    await test.admin.send("PATCH", path, {
      body: { spec: { template: { spec: { containers } } } },
      contentType: patchType("strategic"),
    });
    await work(test.worker("first"), request.id);
    inState(await test.now(request), "conflict");
    assert.deepEqual(ours(), []);
    assert.equal(await imageOf(api), "registry.example/api:2");
  });

  it("sets no other template, were it changed between the last look and the call", async () => {
    await setImage(api, "2");
    const plan = await planOf(undo(api));
    assert.ok("binding" in plan);
    const forged = { ...plan, binding: { ...(plan.binding as object), back: "0".repeat(64) } };
    const act = actOf(changeOf(undo(api)));
    const session = await test.cluster.session(
      { account: "countersign-rollout-undo", rules: rulesOf("countersign-rollout-undo") },
      "r-1",
    );
    const stamp = { request: "r-1", digest: "d", at: noon };
    await assert.rejects(
      act.apply(session, forged, { stamp, resourceVersion: plan.live.resourceVersion, dryRun: false }),
      /not-sent: the revision keeps another template/,
    );
    assert.equal(await imageOf(api), "registry.example/api:2");
  });
});
