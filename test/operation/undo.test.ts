import assert from "node:assert/strict";
import type { Change } from "../../src/operation/operation.ts";
import type { Plan } from "../../src/operation/plan.ts";
import { undoOf } from "../../src/operation/undo.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { plan as samplePlan } from "../request/samples.ts";

const target = { kind: "Deployment", namespace: namespace("prod"), name: name("api") } as const;
const to = (operation: Change, changes: Plan["changes"] = []): Plan => ({ ...samplePlan, operation, changes });

describe("what takes a change back", () => {
  it("of a scale is the scale to what it was", () => {
    const operation = { kind: "scale", cluster: "demo", target, replicas: 5 } as const;
    const plan = to(operation, [{ field: "spec.replicas", from: "3", to: "5" }]);
    assert.deepEqual(undoOf(plan), { ...operation, replicas: 3 });
  });

  it("of a scale whose plan does not say what it was is nothing", () => {
    const operation = { kind: "scale", cluster: "demo", target, replicas: 5 } as const;
    for (const from of ["", "-1", "three", "3; 4", "12345"])
      assert.equal(undoOf(to(operation, [{ field: "spec.replicas", from, to: "5" }])), undefined, from);
    assert.equal(undoOf(to(operation)), undefined);
  });

  it("of an undone rollout is the revision it had", () => {
    const operation = { kind: "rollout-undo", cluster: "demo", target } as const;
    const changes = [{ field: "revision", from: "7", to: "5 again, as the newest" }];
    assert.deepEqual(undoOf(to(operation, changes)), { ...operation, toRevision: 7 });
    for (const from of ["0", "", "7 again"])
      assert.equal(undoOf(to(operation, [{ field: "revision", from, to: "5" }])), undefined, from);
  });

  it("of other images is the images there were, where those named a version", () => {
    const images = { api: "registry.example/api:2", first: "registry.example/first:2" };
    const operation = { kind: "set-image", cluster: "demo", target, images } as const;
    const changed = (field: string, from: string) => ({ field, from, to: "registry.example/x:2" });
    const changes = [
      changed("container api: image", "nginx:1"),
      changed("init container first: image", "registry.example/first:1"),
    ];
    assert.deepEqual(undoOf(to(operation, changes)), {
      ...operation,
      images: { api: "docker.io/library/nginx:1", first: "registry.example/first:1" },
    });
    for (const from of ["nginx", "nginx:latest", ""])
      assert.equal(undoOf(to(operation, [...changes, changed("container side: image", from)])), undefined, from);
    assert.equal(undoOf(to(operation)), undefined);
  });

  it("of moved bounds is the bounds there were, of those that moved", () => {
    const operation = { kind: "autoscale", cluster: "demo", target, min: 2, max: 9 } as const;
    const min = { field: "spec.minReplicas", from: "1", to: "2" };
    const max = { field: "spec.maxReplicas", from: "5", to: "9" };
    assert.deepEqual(undoOf(to(operation, [min, max])), { ...operation, min: 1, max: 5 });
    assert.deepEqual(undoOf(to(operation, [max])), { kind: "autoscale", cluster: "demo", target, max: 5 });
    assert.equal(undoOf(to(operation)), undefined);
  });

  it("of a suspension is the resumption", () => {
    const cronJob = { kind: "CronJob", namespace: namespace("prod"), name: name("nightly") } as const;
    const undo = undoOf(to({ kind: "suspend-cronjob", cluster: "demo", target: cronJob }));
    assert.deepEqual(undo, { kind: "resume-cronjob", cluster: "demo", target: cronJob });
  });

  it("of a cordon is the uncordon, but not of a drain: its pods do not come back", () => {
    const node = { kind: "Node", name: name("worker-1") } as const;
    const undo = undoOf(to({ kind: "cordon", cluster: "demo", target: node }));
    assert.deepEqual(undo, { kind: "uncordon", cluster: "demo", target: node });
    const flags = { ignoreDaemonSets: true, deleteEmptyDirData: false, force: false };
    assert.equal(undoOf(to({ kind: "drain", cluster: "demo", target: node, ...flags })), undefined);
  });

  it("of a pause is the resume", () => {
    const undo = undoOf(to({ kind: "rollout-pause", cluster: "demo", target }));
    assert.deepEqual(undo, { kind: "rollout-resume", cluster: "demo", target });
  });

  it("of what cannot honestly be taken back is nothing", () => {
    for (const kind of ["rollout-resume", "rollout-restart"] as const)
      assert.equal(undoOf(to({ kind, cluster: "demo", target })), undefined, kind);
  });
});
