import assert from "node:assert/strict";
import { verdictOn } from "../../src/execution/objects/drain-verdict.ts";
import { viewPod } from "../../src/execution/objects/pod.ts";
import type { Json } from "../../src/operation/plan.ts";

const owner = (kind: string) => ({ ownerReferences: [{ kind, name: "api", uid: "u", controller: true }] });
const pod = (metadata: Readonly<Record<string, Json>>, spec: Readonly<Record<string, Json>> = {}, phase = "Running") =>
  viewPod({ metadata: { namespace: "prod", name: "api-1", uid: "p", ...metadata }, spec, status: { phase } });
const emptyDir = { volumes: [{ name: "a", emptyDir: {} }] };
const nothing = { ignoreDaemonSets: false, deleteEmptyDirData: false, force: false };
const all = { ignoreDaemonSets: true, deleteEmptyDirData: true, force: true };

describe("the verdict of a drain on a pod", () => {
  const mirror = pod({ annotations: { "kubernetes.io/config.mirror": "x" }, ...owner("Node") });
  const daemon = pod(owner("DaemonSet"));
  const ending = pod({ deletionTimestamp: "2026-01-01T00:00:00Z" });
  const lone = pod({});
  for (const [what, seen, asked, is, why] of [
    ["a pod that a controller replaces", pod(owner("ReplicaSet")), nothing, "evicted", /ReplicaSet api replaces it/],
    ["a static pod", mirror, nothing, "kept", /only the kubelet/],
    ["a static pod, whatever is said", mirror, all, "kept", /only the kubelet/],
    ["a DaemonSet's pod, of which nothing was said", daemon, nothing, "refused", /--ignore-daemonsets/],
    ["a DaemonSet's pod that may stay", daemon, all, "kept", /would put it back/],
    ["a DaemonSet's pod that has ended", pod(owner("DaemonSet"), {}, "Failed"), nothing, "evicted", /run to its end/],
    ["a pod that is ending", ending, nothing, "kept", /ending already/],
    ["a pod that has run to its end", pod({}, emptyDir, "Succeeded"), nothing, "evicted", /run to its end/],
    ["a pod that nothing owns", lone, nothing, "refused", /--force/],
    ["a pod that nothing owns and that may go", lone, all, "evicted", /does not come back/],
    ["a pod with data in an emptyDir", pod(owner("Job"), emptyDir), nothing, "refused", /--delete-emptydir-data/],
    ["one whose data may be lost", pod(owner("Job"), emptyDir), all, "evicted", /emptyDir data is lost/],
    [
      "an owner that does not control it",
      pod({ ownerReferences: [{ kind: "Job", name: "a" }] }),
      nothing,
      "refused",
      /./,
    ],
  ] as const)
    it(`is "${is}" on ${what}`, () => {
      const verdict = verdictOn(seen, asked);
      assert.equal(verdict.is, is);
      assert.match(verdict.why, why);
    });
});
