import assert from "node:assert/strict";
import { readRolloutStatus } from "../../../src/execution/reads/rollout-status.ts";
import type { RolloutStatus } from "../../../src/operation/catalogue/rollouts.ts";
import type { WorkloadKind } from "../../../src/operation/catalogue/workloads.ts";
import type { Json } from "../../../src/operation/plan.ts";
import { name, namespace } from "../../contract/sample-request.ts";
import { noon } from "../../fakes/clock.ts";
import { deploymentObject, fakeSession } from "../fake-session.ts";

type Fields = Readonly<Record<string, Json>>;

const of = (kind: WorkloadKind): RolloutStatus => ({
  kind: "rollout-status",
  cluster: "demo",
  target: { kind, namespace: namespace("prod"), name: name("api") },
});

async function linesOf(kind: WorkloadKind, parts: Parameters<typeof deploymentObject>[0]): Promise<readonly string[]> {
  const asked: unknown[] = [];
  const session = fakeSession({
    async get(ref) {
      asked.push(ref.resource);
      return { object: deploymentObject(parts), auditId: "" };
    },
  });
  const answer = await readRolloutStatus(session, of(kind), noon);
  assert.deepEqual(asked, [`${kind.toLowerCase()}s`]);
  assert.ok("answer" in answer);
  return answer.answer.split("\n");
}

const counts = (updated: number, ready: number) =>
  `${updated} of 3 pods have the newest template, ${ready} are ready, ${ready} available.`;
const partly: Fields = { updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2, replicas: 4 };
const deadline = { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "no progress" };

describe("readRolloutStatus", () => {
  it("says that a workload is rolled out once only new, available pods are left", async () => {
    assert.deepEqual(await linesOf("Deployment", {}), ["The deployment api is rolled out.", counts(3, 3)]);
    assert.deepEqual(await linesOf("StatefulSet", {}), ["The statefulset api is rolled out.", counts(3, 3)]);
    const status = {
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      updatedNumberScheduled: 3,
      numberReady: 3,
      numberAvailable: 3,
    };
    assert.deepEqual(await linesOf("DaemonSet", { status }), ["The daemonset api is rolled out.", counts(3, 3)]);
  });

  it("says how far it has come, and how many old pods are left", async () => {
    assert.deepEqual(await linesOf("Deployment", { status: partly }), [
      "The deployment api is rolling out.",
      counts(1, 2),
      "3 with an older one are left.",
    ]);
    const [, , left] = await linesOf("Deployment", { status: { ...partly, replicas: 2 } });
    assert.equal(left, "1 with an older one is left.");
  });

  it("says nothing of numbers that are of an earlier change", async () => {
    assert.deepEqual(await linesOf("Deployment", { metadata: { generation: 3 } }), [
      "The deployment api was changed, and its controller has not looked at it yet.",
    ]);
  });

  it("says that its controller has given up, and why", async () => {
    const [first] = await linesOf("Deployment", { status: { ...partly, conditions: [deadline] } });
    assert.equal(first, "The deployment api does not go on: it is stuck: no progress.");
  });

  it("says that it is paused in the middle", async () => {
    const [first] = await linesOf("Deployment", { spec: { paused: true }, status: partly });
    assert.equal(first, "The deployment api is paused in the middle of a rollout.");
  });

  it("says what a partition holds back", async () => {
    const spec = { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } };
    const [first] = await linesOf("StatefulSet", { spec, status: { updatedReplicas: 1 } });
    assert.match(first ?? "", /^The statefulset api is rolled out, as far as it goes: .*partition/);
  });
});
