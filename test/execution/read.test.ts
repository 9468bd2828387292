import assert from "node:assert/strict";
import { read } from "../../src/execution/read.ts";
import type { Get } from "../../src/operation/catalogue/reads.ts";
import type { Json } from "../../src/operation/plan.ts";
import { ClusterFault, type KubeObject } from "../../src/ports/cluster.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { noon } from "../fakes/clock.ts";
import { deploymentObject, fakeSession } from "./fake-session.ts";

const prod = namespace("prod");
const pods: Get = { kind: "get", cluster: "demo", resource: "pods", namespace: prod };
const deployments: Get = { ...pods, resource: "deployments" };
const made = (secondsAgo: number) => new Date(noon - secondsAgo * 1_000).toISOString();

interface PodParts {
  readonly pod?: string;
  readonly age?: number;
  readonly phase?: string;
  readonly containers?: readonly Json[];
  readonly metadata?: Readonly<Record<string, Json>>;
  readonly wanted?: number;
}

function podObject({
  pod = "api-1",
  age = 60,
  phase = "Running",
  containers,
  metadata,
  wanted = 1,
}: PodParts): KubeObject {
  return {
    metadata: { name: pod, creationTimestamp: made(age), ...metadata },
    spec: { containers: Array.from({ length: wanted }, (_, i) => ({ name: `c-${i}` })) },
    status: { phase, ...(containers ? { containerStatuses: containers } : {}) },
  };
}
const running = (restartCount = 0) => ({ ready: true, restartCount, state: { running: {} } });
const waiting = (reason: string, restartCount = 0) => ({ ready: false, restartCount, state: { waiting: { reason } } });

async function answerOf(operation: Get, ...objects: readonly KubeObject[]): Promise<string> {
  const answer = await read(fakeSession({ list: async () => objects }), operation, noon);
  assert.ok("answer" in answer, JSON.stringify(answer));
  return answer.answer;
}

describe("read", () => {
  it("shows pods as kubectl does, in columns", async () => {
    const answer = await answerOf(
      pods,
      podObject({
        pod: "api-5f6c-abcde",
        age: 7_200,
        wanted: 2,
        containers: [running(3), waiting("CrashLoopBackOff", 12)],
      }),
      podObject({ pod: "api-1", containers: [running()] }),
      podObject({ pod: "api-2", age: 5, phase: "Pending" }),
    );
    assert.equal(
      answer,
      [
        "NAME            READY  STATUS            RESTARTS  AGE",
        "api-5f6c-abcde  1/2    CrashLoopBackOff  15        2h",
        "api-1           1/1    Running           0         60s",
        "api-2           0/1    Pending           0         5s",
      ].join("\n"),
    );
  });

  it("shows a pod that is told to end as such, whatever its phase", async () => {
    const ending = podObject({ containers: [waiting("Error")], metadata: { deletionTimestamp: made(0) } });
    assert.match(await answerOf(pods, ending), /\napi-1 .* Terminating /);
  });

  it("shows deployments as kubectl does", async () => {
    const metadata = { creationTimestamp: made(86_400 * 3) };
    const rolling = deploymentObject({
      metadata,
      status: { updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2 },
    });
    assert.equal(
      await answerOf(deployments, rolling),
      ["NAME  READY  UP-TO-DATE  AVAILABLE  AGE", "api   2/3    1           2          3d"].join("\n"),
    );
  });

  const ages: readonly (readonly [number, string])[] = [
    [-5, "0s"],
    [119, "119s"],
    [120, "2m"],
    [7_199, "119m"],
    [7_200, "2h"],
    [172_799, "47h"],
    [172_800, "2d"],
  ];
  for (const [seconds, age] of ages)
    it(`says ${age} of ${seconds} seconds`, async () => {
      assert.match(await answerOf(pods, podObject({ age: seconds })), new RegExp(` ${age}$`));
    });

  it("says ? of an age that is not known", async () => {
    assert.match(await answerOf(pods, podObject({ metadata: { creationTimestamp: "" } })), / \?$/);
  });

  it("asks for one object by name, of the right kind and place", async () => {
    const asked: unknown[] = [];
    const session = fakeSession({
      async get(ref) {
        asked.push(ref);
        return { object: deploymentObject({}), auditId: "" };
      },
    });
    await read(session, { ...deployments, name: name("api") }, noon);
    await read(session, { ...pods, name: name("api-1") }, noon);
    assert.deepEqual(asked, [
      { group: "apps", version: "v1", resource: "deployments", namespace: "prod", name: "api" },
      { group: "", version: "v1", resource: "pods", namespace: "prod", name: "api-1" },
    ]);
  });

  it("says in a sentence that there is nothing", async () => {
    assert.equal(await answerOf(pods), "No pods in the namespace prod.");
  });

  const faults: readonly (readonly [ClusterFault, string])[] = [
    [new ClusterFault("not-found", "pods not found"), "There is no pod api in the namespace prod."],
    [new ClusterFault("forbidden", "no"), "Countersign may not read pods api in the namespace prod."],
    [new ClusterFault("no-answer", "cut off"), "The cluster did not answer as it should: cut off"],
  ];
  for (const [fault, says] of faults)
    it(`says of ${fault.code}: ${says}`, async () => {
      const session = fakeSession({ get: () => Promise.reject(fault) });
      assert.deepEqual(await read(session, { ...pods, name: name("api") }, noon), { failed: says });
    });

  it("lets a fault of our own through", async () => {
    const session = fakeSession({ list: () => Promise.reject(new TypeError("ours")) });
    await assert.rejects(read(session, pods, noon), /ours/);
  });
});
