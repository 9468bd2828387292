import assert from "node:assert/strict";
import { readTop } from "../../../src/execution/reads/top.ts";
import type { Top } from "../../../src/operation/catalogue/usage.ts";
import { ClusterFault, type KubeObject, type Session } from "../../../src/ports/cluster.ts";
import { name, namespace } from "../../contract/sample-request.ts";
import { noon } from "../../fakes/clock.ts";
import { fakeSession } from "../fake-session.ts";

const pods: Top = { kind: "top", cluster: "demo", resource: "pods", namespace: namespace("prod") };
const nodes: Top = { kind: "top", cluster: "demo", resource: "nodes" };
const usage = (cpu: string, memory: string) => ({ usage: { cpu, memory } });
const pod = (named: string, ...containers: readonly object[]) =>
  ({ metadata: { name: named }, containers }) as unknown as KubeObject;
const gone = () => Promise.reject(new ClusterFault("not-found", "404 page not found"));

const answerOf = (operation: Top, answers: Partial<Session>) => readTop(fakeSession(answers), operation, noon);

describe("readTop", () => {
  it("sums up the containers of each pod, the busiest first", async () => {
    const list = async () => [
      pod("idle", usage("900n", "1Mi")),
      pod("busy", usage("1", "512Mi"), usage("250m", "524288Ki")),
      pod("odd", usage("", "many")),
    ];
    assert.deepEqual(await answerOf(pods, { list }), {
      answer: ["NAME  CPU    MEMORY", "busy  1250m  1024Mi", "idle  1m     1Mi", "odd   0m     0Mi"].join("\n"),
    });
  });

  it("says of a node how much of it that is, where it is known", async () => {
    const measured = [
      { metadata: { name: "node-a" }, ...usage("500m", "1Gi") },
      { metadata: { name: "node-b" }, ...usage("1", "1Gi") },
    ];
    const known = [{ metadata: { name: "node-a" }, status: { allocatable: { cpu: "2", memory: "4Gi" } } }];
    const list: Session["list"] = async ({ group }) => (group === "" ? known : measured);
    assert.deepEqual(await answerOf(nodes, { list }), {
      answer: [
        "NAME    CPU    CPU%  MEMORY  MEMORY%",
        "node-b  1000m  ?     1024Mi  ?",
        "node-a  500m   25%   1024Mi  25%",
      ].join("\n"),
    });
  });

  it("says plainly that metrics are not served", async () => {
    const failed =
      "Metrics are not served in the cluster demo: nothing there answers for metrics.k8s.io, as metrics-server does.";
    assert.deepEqual(await answerOf(pods, { list: gone }), { failed });
    assert.deepEqual(await answerOf({ ...pods, name: name("api-1") }, { list: gone, get: gone }), { failed });
  });

  it("says that the one asked for is not measured, where others may be", async () => {
    assert.deepEqual(await answerOf({ ...pods, name: name("api-1") }, { get: gone, list: async () => [] }), {
      failed:
        "Nothing is measured of the pod api-1 in the namespace prod: it is not there, does not run, or has only begun to.",
    });
    assert.deepEqual(await answerOf(pods, { list: async () => [] }), {
      answer: "Nothing is measured of pods in the namespace prod now.",
    });
  });

  it("lets other faults through", async () => {
    const busy = new ClusterFault("server-error", "busy");
    await assert.rejects(answerOf(pods, { list: () => Promise.reject(busy) }), busy);
  });
});
