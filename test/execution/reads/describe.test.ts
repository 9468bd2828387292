import assert from "node:assert/strict";
import { readDescribe } from "../../../src/execution/reads/describe.ts";
import { readableOf } from "../../../src/operation/catalogue/readable.ts";
import type { Describe } from "../../../src/operation/catalogue/reads.ts";
import { type KindName, objectKinds } from "../../../src/operation/object-kind.ts";
import type { Json } from "../../../src/operation/plan.ts";
import { ClusterFault, type KubeObject } from "../../../src/ports/cluster.ts";
import { name, namespace } from "../../contract/sample-request.ts";
import { noon } from "../../fakes/clock.ts";
import { fakeSession } from "../fake-session.ts";

const ago = (seconds: number) => new Date(noon - seconds * 1_000).toISOString();
const of = (kind: KindName): Describe => ({
  kind: "describe",
  cluster: "demo",
  target: objectKinds[kind].namespaced
    ? { kind, namespace: namespace("prod"), name: name("x") }
    : { kind: "Node", name: name("x") },
});

async function linesOf(kind: KindName, object: KubeObject, events: readonly KubeObject[] = []) {
  const session = fakeSession({ get: async () => ({ object, auditId: "" }), list: async () => events });
  const answer = await readDescribe(session, of(kind), noon);
  assert.ok("answer" in answer);
  return answer.answer.split("\n");
}

const metadata = { name: "x", creationTimestamp: ago(300) };
const none = "Events: none that the cluster remembers";

const crashing: KubeObject = {
  metadata: {
    ...metadata,
    labels: { app: "api", team: "web" },
    annotations: { "kubectl.kubernetes.io/last-applied-configuration": "SECRET-APPLIED" },
    ownerReferences: [
      { kind: "Other", name: "no" },
      { kind: "ReplicaSet", name: "api-5f", controller: true },
    ],
  },
  spec: {
    nodeName: "node-a",
    initContainers: [{ name: "setup", image: "setup:1" }],
    containers: [
      {
        name: "web",
        image: "api:2",
        command: ["run", "SECRET-ARGUMENT"],
        args: ["SECRET-ARGUMENT"],
        env: [{ name: "KEY", value: "SECRET-VALUE" }],
        resources: { requests: { cpu: "100m" }, limits: { cpu: "1", memory: "256Mi" } },
      },
      { name: "proxy", image: "proxy:1" },
    ],
  },
  status: {
    phase: "Running",
    initContainerStatuses: [
      { name: "setup", state: { terminated: { exitCode: 0, reason: "Completed", finishedAt: ago(290) } } },
    ],
    containerStatuses: [
      {
        name: "proxy",
        ready: true,
        state: { running: { startedAt: ago(280) } },
      },
      {
        name: "web",
        restartCount: 4,
        state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 1m" } },
        lastState: { terminated: { reason: "OOMKilled", exitCode: 137, finishedAt: ago(60) } },
      },
    ],
    conditions: [
      {
        type: "Ready",
        status: "False",
        reason: "ContainersNotReady",
        message: "not ready: [web]",
        lastTransitionTime: ago(60),
      },
      { type: "Initialized", status: "True" },
    ],
  },
};

describe("readDescribe", () => {
  it("says of a pod how it and each of its containers fare, and why", async () => {
    const event = {
      type: "Warning",
      reason: "BackOff",
      message: "Back-off\nrestarting",
      count: 3,
      lastTimestamp: ago(5),
    };
    assert.deepEqual(await linesOf("Pod", crashing, [event]), [
      "Pod x in prod, 5m old",
      "Owner: ReplicaSet api-5f",
      "Labels: app=api, team=web",
      "Status: CrashLoopBackOff",
      "Node: node-a",
      "Init containers:",
      "  setup: setup:1, ended 4m ago: Completed, exit code 0",
      "Containers:",
      "  web: api:2, requests cpu 100m, limits cpu 1 memory 256Mi, waiting: CrashLoopBackOff, back-off 1m, 4 restarts, before that ended 60s ago: OOMKilled, exit code 137",
      "  proxy: proxy:1, running for 4m",
      "Conditions:",
      "  Ready is False for 60s: ContainersNotReady, not ready: [web]",
      "  Initialized is True",
      "Events:",
      "  5s (x3) ago Warning BackOff: Back-off restarting",
    ]);
  });

  it("never says an annotation, an environment, an argument or what a ConfigMap holds", async () => {
    const template = { spec: crashing["spec"] ?? null };
    const hidden: KubeObject = {
      ...crashing,
      spec: { ...(crashing["spec"] as object), template, jobTemplate: { spec: { template } } },
      data: { KEY: "SECRET-DATA" },
      binaryData: { BLOB: "SECRET-BLOB" },
    };
    for (const kind of (Object.keys(objectKinds) as KindName[]).filter((one) =>
      readableOf(objectKinds[one].resource),
    )) {
      const text = (await linesOf(kind, hidden)).join("\n");
      assert.doesNotMatch(text, /SECRET/, kind);
    }
    assert.ok((await linesOf("ConfigMap", hidden)).includes("Keys, whose values are not shown: BLOB, KEY"));
  });

  const spec = (fields: Readonly<Record<string, Json>>, status: Readonly<Record<string, Json>> = {}): KubeObject => ({
    metadata,
    spec: fields,
    status,
  });
  const template = { spec: { containers: [{ name: "web", image: "api:2" }] } };
  const selector = { matchLabels: { app: "api" } };
  const digests: readonly (readonly [KindName, KubeObject, readonly string[]])[] = [
    [
      "Deployment",
      spec(
        {
          replicas: 3,
          paused: true,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: 1 } },
          selector,
          template,
        },
        { readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2 },
      ),
      [
        "Replicas: 3 wanted, 2 ready, 1 up to date, 2 available",
        "Paused: what is changed does not roll out",
        "Strategy: RollingUpdate, 25% may be missing, 1 more than wanted",
        "Selector: app=api",
        "Containers of its pods:",
        "  web: api:2",
      ],
    ],
    [
      "StatefulSet",
      spec({ updateStrategy: { rollingUpdate: { partition: 2 } } }),
      ["Replicas: 1 wanted, 0 ready, 0 up to date, 0 available", "Strategy: RollingUpdate, only from ordinal 2 on"],
    ],
    [
      "DaemonSet",
      spec(
        { updateStrategy: { type: "OnDelete" } },
        { desiredNumberScheduled: 2, numberReady: 1, numberMisscheduled: 1 },
      ),
      ["Nodes: 2 wanted, 1 ready, 0 up to date, 0 available, 1 where none should be", "Strategy: OnDelete"],
    ],
    ["ReplicaSet", spec({ replicas: 2 }, { replicas: 1 }), ["Replicas: 2 wanted, 0 ready, 1 up to date, 0 available"]],
    [
      "Job",
      spec({ completions: 2 }, { active: 1, failed: 3, startTime: ago(30) }),
      ["Status: Running, 1 active, 0 of 2 succeeded, 3 failed (at most 6)", "Started: 30s ago"],
    ],
    [
      "CronJob",
      spec(
        { schedule: "0 3 * * *", suspend: true, timeZone: "Etc/UTC" },
        { lastScheduleTime: ago(60), active: [{ name: "a" }, { name: "b" }] },
      ),
      [
        "Schedule: 0 3 * * * Etc/UTC, Allow at once, suspended",
        "Last: scheduled 60s ago, never succeeded",
        "Active: a, b",
      ],
    ],
    [
      "Service",
      spec(
        { clusterIP: "10.0.0.1", ports: [{ port: 80 }], selector: { app: "api" } },
        { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } },
      ),
      ["Type: ClusterIP, address 10.0.0.1", "Ports: 80/TCP", "Selector: app=api", "From outside: 1.2.3.4"],
    ],
    [
      "HorizontalPodAutoscaler",
      spec(
        { scaleTargetRef: { kind: "Deployment", name: "api" }, maxReplicas: 4 },
        { currentReplicas: 1, desiredReplicas: 2, lastScaleTime: ago(60) },
      ),
      [
        "Scales: Deployment api, from 1 to 4",
        "Replicas: 1 now, 2 wanted, last scaled 60s ago",
        "Measures, now/wanted: none",
      ],
    ],
    [
      "PodDisruptionBudget",
      spec(
        { minAvailable: 2, selector },
        { currentHealthy: 3, expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 1 },
      ),
      ["Keeps: at least 2 available", "Now: 3 of 3 healthy, 2 needed, 1 may be evicted", "Selector: app=api"],
    ],
    [
      "Node",
      spec(
        {
          unschedulable: true,
          taints: [
            { key: "a", value: "b", effect: "NoSchedule" },
            { key: "c", effect: "NoExecute" },
          ],
        },
        { allocatable: { cpu: "4", memory: "8Gi", pods: "110" }, nodeInfo: { kubeletVersion: "v1.36.2" } },
      ),
      [
        "Status: Unknown,SchedulingDisabled, roles none",
        "Taints: a=b:NoSchedule, c:NoExecute",
        "Allocatable: cpu 4, memory 8Gi, pods 110",
        "Runs: v1.36.2, ?, ?",
      ],
    ],
  ];
  for (const [kind, object, lines] of digests)
    it(`digests a ${objectKinds[kind].noun}`, async () => {
      const head = kind === "Node" ? "Node x, 5m old" : `${kind} x in prod, 5m old`;
      assert.deepEqual(await linesOf(kind, object), [head, ...lines, none]);
    });

  it("shows the ten newest events, and says how many there are beside", async () => {
    const events = Array.from({ length: 12 }, (_, i) => ({ reason: `R${i}`, lastTimestamp: ago(100 - i) }));
    const lines = await linesOf("Pod", crashing, events);
    assert.match(lines.at(-11) ?? "", /R11/);
    assert.match(lines.at(-2) ?? "", /R2:/);
    assert.equal(lines.at(-1), "  and 2 older ones");
  });

  it("says that events are not known where they may not be read, and shows the rest", async () => {
    const object: KubeObject = { metadata };
    const failing = (code: "forbidden" | "server-error") =>
      fakeSession({
        get: async () => ({ object, auditId: "" }),
        list: () => Promise.reject(new ClusterFault(code, "it is busy")),
      });
    const last = async (code: "forbidden" | "server-error") => {
      const answer = await readDescribe(failing(code), of("Node"), noon);
      return "answer" in answer ? answer.answer.split("\n").at(-1) : "";
    };
    assert.equal(await last("forbidden"), "Events: unknown, may not be read in the namespace default");
    assert.equal(await last("server-error"), "Events: unknown, it is busy");
  });

  it("says of one that is being deleted since when", async () => {
    const lines = await linesOf("Pod", { metadata: { ...metadata, deletionTimestamp: ago(20) } });
    assert.equal(lines[1], "Being deleted since 20s");
  });

  it("reads it, and its events, by exact name", async () => {
    const asked: unknown[] = [];
    const session = fakeSession({
      async get(ref) {
        asked.push(ref);
        return { object: { metadata }, auditId: "" };
      },
      async list(ref, match) {
        asked.push([ref, match]);
        return [];
      },
    });
    await readDescribe(session, of("Deployment"), noon);
    assert.deepEqual(asked, [
      { group: "apps", version: "v1", resource: "deployments", namespace: "prod", name: "x" },
      [
        { group: "", version: "v1", resource: "events", namespace: "prod" },
        { fields: { "involvedObject.kind": "Deployment", "involvedObject.name": "x" } },
      ],
    ]);
  });
});
