import assert from "node:assert/strict";
import { Bench, eventually } from "../contract/kubernetes/bench.ts";
import { deployment } from "../lab/kubernetes/seed.ts";
import type { Pod } from "./node-status.ts";
import { clusterFor } from "./shared-cluster.ts";

/** What deployments make of it is the contract's affair, `test/contract/kubernetes/real.test.ts`. */
describe("the stand-in kubelet of a real cluster", function () {
  this.timeout(40_000);
  const bench = new Bench();

  before(async function () {
    await bench.open({ ...(await clusterFor(this)), close: async () => {} });
  });
  after(() => bench.close());

  const deploy = (name: string, replicas: number) => bench.make(deployment(bench.namespace, name, replicas));
  const scale = (name: string, replicas: number) =>
    bench.admin.patch(bench.at("Deployment", name, "scale"), { spec: { replicas } });
  const cordon = (node: string, unschedulable: boolean) =>
    bench.admin.patch(`/api/v1/nodes/${node}`, { spec: { unschedulable } });
  const podsOf = async (name: string) =>
    (await bench.admin.list(bench.at("Pod"), { labelSelector: `app=${name}` })) as readonly Pod[];
  const running = (name: string, count: number) =>
    eventually(
      () => podsOf(name),
      (pods) => pods.length === count && pods.every(({ status }) => status.phase === "Running"),
    );

  it("runs the pods of a deployment, and ends them", async () => {
    await deploy("web", 3);
    await running("web", 3);
    await scale("web", 0);
    await eventually(
      () => podsOf("web"),
      (pods) => pods.length === 0,
    );
  });

  it("spreads pods over its nodes, and binds none to a cordoned one", async () => {
    const onNodeA = (pods: readonly Pod[]) => pods.filter(({ spec }) => spec.nodeName === "node-a").length;
    await deploy("spread", 6);
    const before = onNodeA(await running("spread", 6));
    // How many depends on the pods other suites left.
    assert.ok(before > 0 && before < 6, `${before} of 6 on node-a`);

    await cordon("node-a", true);
    try {
      await scale("spread", 9);
      assert.equal(onNodeA(await running("spread", 9)), before);
    } finally {
      await cordon("node-a", false);
    }
  });

  it("leaves a pod pending while every node is cordoned", async () => {
    await cordon("node-a", true);
    await cordon("node-b", true);
    try {
      await deploy("waiting", 1);
      await eventually(
        () => podsOf("waiting"),
        (pods) => pods.length === 1,
      );
      // Its running shows that the stand-in has seen the one made before it.
      await bench.make({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "direct", labels: { app: "direct" } },
        spec: { nodeName: "node-a", containers: [{ name: "main", image: "main:1" }] },
      });
      await running("direct", 1);
      const [waiting] = await podsOf("waiting");
      assert.equal(waiting?.spec.nodeName, undefined);
    } finally {
      await cordon("node-a", false);
      await cordon("node-b", false);
    }
    await running("waiting", 1);
  });

  it("says ErrImagePull of an image that is missing", async () => {
    const metadata = { name: "broken", labels: { app: "broken" } };
    const spec = { containers: [{ name: "main", image: "main:missing" }] };
    await bench.make({ apiVersion: "v1", kind: "Pod", metadata, spec });
    const pod = await eventually(
      () => bench.admin.get(bench.at("Pod", "broken")),
      ({ status }) => JSON.stringify(status).includes("ErrImagePull"),
    );
    assert.equal((pod as Pod).status.phase, "Pending");
  });
});
