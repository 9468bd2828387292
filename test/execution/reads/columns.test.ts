import assert from "node:assert/strict";
import { readGet } from "../../../src/execution/reads/get.ts";
import type { Get } from "../../../src/operation/catalogue/reads.ts";
import type { Json } from "../../../src/operation/plan.ts";
import type { KubeObject } from "../../../src/ports/cluster.ts";
import { name, namespace } from "../../contract/sample-request.ts";
import { noon } from "../../fakes/clock.ts";
import { fakeSession } from "../fake-session.ts";

const ago = (seconds: number) => new Date(noon - seconds * 1_000).toISOString();
type Fields = Readonly<Record<string, Json>>;

interface Parts {
  readonly spec?: Fields;
  readonly status?: Fields;
  readonly metadata?: Fields;
  readonly [field: string]: Json | Fields | undefined;
}

const object = ({ metadata, ...parts }: Parts) =>
  ({ metadata: { name: "x", creationTimestamp: ago(300), ...metadata }, ...parts }) as KubeObject;

/** The cells of each row of a table whose columns are two blanks apart. */
async function rowsOf(resource: Get["resource"], ...objects: readonly KubeObject[]): Promise<readonly string[]> {
  const wide = resource === "nodes" ? {} : { namespace: namespace("prod") };
  const operation: Get = { kind: "get", cluster: "demo", resource, ...wide };
  const answer = await readGet(fakeSession({ list: async () => objects }), operation, noon);
  assert.ok("answer" in answer);
  return answer.answer.split("\n").map((line) => line.replace(/ {2,}/g, "|"));
}

const condition = (type: string, status: string) => ({ type, status });

const tables: readonly (readonly [Get["resource"], readonly KubeObject[], readonly string[]])[] = [
  [
    "statefulsets",
    [object({ spec: { replicas: 3 }, status: { readyReplicas: 2 } }), object({ spec: {} })],
    ["NAME|READY|AGE", "x|2/3|5m", "x|0/1|5m"],
  ],
  [
    "daemonsets",
    [
      object({
        status: {
          desiredNumberScheduled: 5,
          currentNumberScheduled: 4,
          numberReady: 3,
          updatedNumberScheduled: 2,
          numberAvailable: 1,
        },
      }),
    ],
    ["NAME|DESIRED|CURRENT|READY|UP-TO-DATE|AVAILABLE|AGE", "x|5|4|3|2|1|5m"],
  ],
  [
    "replicasets",
    [object({ spec: { replicas: 3 }, status: { replicas: 2, readyReplicas: 1 } })],
    ["NAME|DESIRED|CURRENT|READY|AGE", "x|3|2|1|5m"],
  ],
  [
    "jobs",
    [
      object({ spec: { completions: 2 }, status: { succeeded: 1, failed: 3 } }),
      object({ spec: {}, status: { succeeded: 1, conditions: [condition("Complete", "True")] } }),
      object({ spec: {}, status: { conditions: [condition("Complete", "False"), condition("Failed", "True")] } }),
      object({ spec: { suspend: true } }),
    ],
    [
      "NAME|STATUS|COMPLETIONS|FAILED|AGE",
      "x|Running|1/2|3|5m",
      "x|Complete|1/1|0|5m",
      "x|Failed|0/1|0|5m",
      "x|Suspended|0/1|0|5m",
    ],
  ],
  [
    "cronjobs",
    [
      object({ spec: { schedule: "0 3 * * *" }, status: { lastScheduleTime: ago(7_200), active: [{}] } }),
      object({ spec: { schedule: "@hourly", suspend: true } }),
    ],
    ["NAME|SCHEDULE|SUSPEND|ACTIVE|LAST SCHEDULE|AGE", "x|0 3 * * *|False|1|2h|5m", "x|@hourly|True|0|<none>|5m"],
  ],
  [
    "services",
    [
      object({
        spec: { clusterIP: "10.0.0.1", ports: [{ port: 80 }, { port: 53, protocol: "UDP", nodePort: 30_053 }] },
      }),
      object({ spec: { type: "ExternalName" } }),
    ],
    [
      "NAME|TYPE|CLUSTER-IP|PORTS|AGE",
      "x|ClusterIP|10.0.0.1|80/TCP,53:30053/UDP|5m",
      "x|ExternalName|<none>|<none>|5m",
    ],
  ],
  [
    "configmaps",
    [object({ data: { URL: "postgres://a:b@c", LEVEL: "info" }, binaryData: { blob: "AAAA" } }), object({})],
    ["NAME|KEYS|AGE", "x|LEVEL,URL,blob|5m", "x|<none>|5m"],
  ],
  [
    "horizontalpodautoscalers",
    [
      object({
        spec: {
          scaleTargetRef: { kind: "Deployment", name: "api" },
          maxReplicas: 8,
          metrics: [
            { type: "Resource", resource: { name: "cpu", target: { averageUtilization: 80 } } },
            { type: "Pods", pods: { metric: { name: "requests" }, target: { averageValue: "100" } } },
            { type: "External", external: { metric: { name: "queue" }, target: { value: "30" } } },
          ],
        },
        status: {
          currentReplicas: 4,
          currentMetrics: [
            { type: "Pods", pods: { metric: { name: "requests" }, current: { averageValue: "12" } } },
            { type: "Resource", resource: { name: "cpu", current: { averageUtilization: 45, averageValue: "90m" } } },
          ],
        },
      }),
    ],
    [
      "NAME|REFERENCE|TARGETS|MINPODS|MAXPODS|REPLICAS|AGE",
      "x|Deployment/api|cpu 45%/80%, requests 12/100, queue ?/30|1|8|4|5m",
    ],
  ],
  [
    "poddisruptionbudgets",
    [
      object({ spec: { minAvailable: 2 }, status: { disruptionsAllowed: 1 } }),
      object({ spec: { maxUnavailable: "25%" } }),
    ],
    ["NAME|MIN AVAILABLE|MAX UNAVAILABLE|ALLOWED DISRUPTIONS|AGE", "x|2|N/A|1|5m", "x|N/A|25%|0|5m"],
  ],
  [
    "nodes",
    [
      object({
        metadata: { labels: { "node-role.kubernetes.io/worker": "", "kubernetes.io/os": "linux" } },
        spec: { unschedulable: true },
        status: { conditions: [condition("Ready", "True")], nodeInfo: { kubeletVersion: "v1.36.2" } },
      }),
      object({ status: { conditions: [condition("Ready", "Unknown")] } }),
      object({}),
    ],
    [
      "NAME|STATUS|ROLES|VERSION|AGE",
      "x|Ready,SchedulingDisabled|worker|v1.36.2|5m",
      "x|NotReady|<none>|?|5m",
      "x|Unknown|<none>|?|5m",
    ],
  ],
  [
    "pods",
    [
      object({ spec: { containers: [{}, {}] }, status: { reason: "Evicted", phase: "Failed" } }),
      object({
        spec: { containers: [{}] },
        status: { phase: "Succeeded", containerStatuses: [{ state: { terminated: { reason: "Completed" } } }] },
      }),
      object({
        spec: { containers: [{}] },
        status: {
          phase: "Pending",
          initContainerStatuses: [
            { state: { terminated: { exitCode: 0, reason: "Completed" } } },
            { state: { running: {} } },
          ],
          containerStatuses: [{ state: { waiting: { reason: "PodInitializing" } } }],
        },
      }),
      object({
        status: {
          initContainerStatuses: [{ started: true, state: { running: {} } }],
          containerStatuses: [{ ready: true, state: { running: {} } }],
          phase: "Running",
        },
      }),
      object({ status: { initContainerStatuses: [{ state: { waiting: { reason: "CrashLoopBackOff" } } }] } }),
    ],
    [
      "NAME|READY|STATUS|RESTARTS|AGE",
      "x|0/2|Evicted|0|5m",
      "x|0/1|Completed|0|5m",
      "x|0/1|Init:1/2|0|5m",
      "x|1/1|Running|0|5m",
      "x|0/0|Init:CrashLoopBackOff|0|5m",
    ],
  ],
];

describe("readGet", () => {
  for (const [resource, objects, rows] of tables)
    it(`shows ${resource} in the columns of kubectl`, async () => {
      assert.deepEqual(await rowsOf(resource, ...objects), rows);
    });

  it("asks for each kind where the API serves it", async () => {
    const asked: unknown[] = [];
    const session = fakeSession({
      async list(ref) {
        asked.push(ref);
        return [];
      },
      async get(ref) {
        asked.push(ref);
        return { object: object({}), auditId: "" };
      },
    });
    const place = { kind: "get", cluster: "demo", namespace: namespace("prod") } as const;
    const hpas = await readGet(session, { ...place, resource: "horizontalpodautoscalers" }, noon);
    await readGet(session, { ...place, resource: "cronjobs", name: name("nightly") }, noon);
    const none = await readGet(session, { kind: "get", cluster: "demo", resource: "nodes" }, noon);
    assert.deepEqual(asked, [
      { group: "autoscaling", version: "v2", resource: "horizontalpodautoscalers", namespace: "prod" },
      { group: "batch", version: "v1", resource: "cronjobs", namespace: "prod", name: "nightly" },
      { group: "", version: "v1", resource: "nodes" },
    ]);
    assert.deepEqual(hpas, { answer: "No horizontalpodautoscalers in the namespace prod." });
    assert.deepEqual(none, { answer: "No nodes in the cluster demo." });
  });
});
