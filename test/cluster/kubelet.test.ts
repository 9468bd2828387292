import assert from "node:assert/strict";
import { Api } from "./api.ts";
import { eventually } from "./eventually.ts";
import { clusterFor } from "./shared-cluster.ts";

interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly containerStatuses?: readonly { readonly state: { readonly waiting?: { readonly reason: string } } }[];
  };
}

interface Deployment {
  readonly metadata: { readonly generation: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

describe("the stand-in kubelet of a real cluster", () => {
  const pods = "/api/v1/namespaces/moving/pods";
  const deployments = "/apis/apps/v1/namespaces/moving/deployments";
  let admin: Api;

  before(async function () {
    const cluster = await clusterFor(this);
    admin = new Api(cluster.server, cluster.ca, cluster.adminToken);
    await make("/api/v1/namespaces", { metadata: { name: "moving" } });
  });
  after(() => admin?.close());

  async function make(path: string, object: object): Promise<void> {
    const { status, body } = await admin.send("POST", path, object);
    assert.equal(status, 201, JSON.stringify(body));
  }

  const change = (path: string, patch: object) => admin.send("PATCH", path, patch, "application/merge-patch+json");

  const cordon = (node: string, unschedulable: boolean) => change(`/api/v1/nodes/${node}`, { spec: { unschedulable } });

  const deploy = (name: string, replicas: number, image = "web:1") =>
    make(deployments, {
      metadata: { name },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "main", image }] } },
      },
    });

  const podsOf = async (name: string) => {
    const { body } = await admin.send("GET", `${pods}?labelSelector=app=${name}`);
    return (body as { items: readonly Pod[] }).items;
  };

  const rolledOut = (name: string, replicas: number) =>
    eventually(
      async () => (await admin.send("GET", `${deployments}/${name}`)).body as Deployment,
      ({ metadata, status }) =>
        status.observedGeneration === metadata.generation &&
        [status.replicas ?? 0, status.updatedReplicas ?? 0, status.availableReplicas ?? 0].every((n) => n === replicas),
    );

  it("carries a deployment to available, through a restart, and down to nothing", async function () {
    this.timeout(40_000);
    await deploy("web", 3);
    await rolledOut("web", 3);
    const first = await podsOf("web");
    await change(`${deployments}/web`, { spec: { template: { metadata: { annotations: { restarted: "now" } } } } });
    await rolledOut("web", 3);
    const second = await eventually(
      () => podsOf("web"),
      (now) => now.length === 3,
    );
    const names = new Set(first.map(({ metadata }) => metadata.name));
    assert.deepEqual(
      second.filter(({ metadata }) => names.has(metadata.name)),
      [],
    );
    await change(`${deployments}/web/scale`, { spec: { replicas: 0 } });
    await eventually(
      () => podsOf("web"),
      (now) => now.length === 0,
    );
  });

  it("spreads pods over its nodes, and binds none to a cordoned one", async function () {
    this.timeout(40_000);
    await deploy("spread", 4);
    await rolledOut("spread", 4);
    const nodes = (await podsOf("spread")).map(({ spec }) => spec.nodeName).toSorted();
    assert.deepEqual(nodes, ["node-a", "node-a", "node-b", "node-b"]);

    await cordon("node-a", true);
    try {
      await change(`${deployments}/spread/scale`, { spec: { replicas: 6 } });
      await rolledOut("spread", 6);
    } finally {
      await cordon("node-a", false);
    }
    const onA = (await podsOf("spread")).filter(({ spec }) => spec.nodeName === "node-a");
    assert.equal(onA.length, 2);
  });

  it("leaves a pod pending while every node is cordoned", async function () {
    this.timeout(40_000);
    await cordon("node-a", true);
    await cordon("node-b", true);
    try {
      await deploy("waiting", 1);
      await eventually(
        () => podsOf("waiting"),
        (now) => now.length === 1,
      );
      await make(pods, {
        metadata: { name: "direct", labels: { app: "direct" } },
        spec: { nodeName: "node-a", containers: [{ name: "main", image: "web:1" }] },
      });
      await eventually(
        () => podsOf("direct"),
        ([pod]) => pod?.status.phase === "Running",
      );
      const [waiting] = await podsOf("waiting");
      assert.equal(waiting?.spec.nodeName, undefined);
    } finally {
      await cordon("node-a", false);
      await cordon("node-b", false);
    }
    await rolledOut("waiting", 1);
  });

  it("says ErrImagePull of an image that is missing", async function () {
    this.timeout(40_000);
    await deploy("broken", 1, "web:missing");
    const reasons = async () =>
      (await podsOf("broken"))
        .flatMap(({ status }) => status.containerStatuses ?? [])
        .map((c) => c.state.waiting?.reason);
    await eventually(reasons, ([reason]) => reason === "ErrImagePull");
  });
});
