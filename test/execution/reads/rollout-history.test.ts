import assert from "node:assert/strict";
import { readRolloutHistory } from "../../../src/execution/reads/rollout-history.ts";
import type { RolloutHistory } from "../../../src/operation/catalogue/rollouts.ts";
import type { WorkloadKind } from "../../../src/operation/catalogue/workloads.ts";
import type { Json } from "../../../src/operation/plan.ts";
import type { KubeObject } from "../../../src/ports/cluster.ts";
import { name, namespace } from "../../contract/sample-request.ts";
import { noon } from "../../fakes/clock.ts";
import { fakeSession } from "../fake-session.ts";

const of = (kind: WorkloadKind): RolloutHistory => ({
  kind: "rollout-history",
  cluster: "demo",
  target: { kind, namespace: namespace("prod"), name: name("api") },
});
const ago = (seconds: number) => new Date(noon - seconds * 1_000).toISOString();
const template = (image: string): Json => ({
  spec: { containers: [{ name: "web", image, env: [{ name: "KEY", value: "SECRET-VALUE" }] }, { image: "proxy:1" }] },
});
const owner: KubeObject = { metadata: { uid: "uid-1" }, spec: { selector: { matchLabels: { app: "api" } } } };
const metadata = (seconds: number, annotations: Json = {}, uid = "uid-1") => ({
  creationTimestamp: ago(seconds),
  ownerReferences: [{ uid, controller: true }],
  annotations,
});

async function answerOf(kind: WorkloadKind, revisions: readonly KubeObject[], asked: unknown[] = []): Promise<string> {
  const session = fakeSession({
    get: async () => ({ object: owner, auditId: "" }),
    async list(ref, match) {
      asked.push([ref.resource, match]);
      return revisions;
    },
  });
  const answer = await readRolloutHistory(session, of(kind), noon);
  assert.ok("answer" in answer);
  return answer.answer;
}

describe("readRolloutHistory", () => {
  const revision = "deployment.kubernetes.io/revision";

  it("shows a deployment's ReplicaSets by revision, the newest first, and no other's", async () => {
    const asked: unknown[] = [];
    const sets = [
      { metadata: metadata(600, { [revision]: "9" }), spec: { template: template("api:9") } },
      {
        metadata: metadata(60, { [revision]: "10", "kubernetes.io/change-cause": "faster\ncarts" }),
        spec: { template: template("api:10") },
      },
      { metadata: metadata(5, { [revision]: "11" }, "uid-2"), spec: { template: template("other:1") } },
    ];
    assert.equal(
      await answerOf("Deployment", sets, asked),
      [
        "REVISION  AGE  IMAGES          CHANGE-CAUSE",
        "10        60s  api:10,proxy:1  faster carts",
        "9         10m  api:9,proxy:1   <none>",
      ].join("\n"),
    );
    assert.deepEqual(asked, [["replicasets", { labels: { app: "api" } }]]);
  });

  for (const kind of ["StatefulSet", "DaemonSet"] as const)
    it(`shows the ControllerRevisions of a ${kind}`, async () => {
      const asked: unknown[] = [];
      const revisions = [{ metadata: metadata(60), revision: 2, data: { spec: { template: template("db:2") } } }];
      assert.match(await answerOf(kind, revisions, asked), /\n2 +60s +db:2,proxy:1 +<none>$/);
      assert.deepEqual(asked, [["controllerrevisions", { labels: { app: "api" } }]]);
    });

  it("shows nothing of a template but its images", async () => {
    const sets = [{ metadata: metadata(60, { [revision]: "1" }), spec: { template: template("api:1") } }];
    assert.doesNotMatch(await answerOf("Deployment", sets), /SECRET|KEY/);
  });

  it("says that none is kept", async () => {
    assert.equal(await answerOf("DaemonSet", []), "No revision of the daemonset api is kept.");
  });
});
