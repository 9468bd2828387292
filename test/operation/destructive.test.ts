import assert from "node:assert/strict";
import { catalogue } from "../../src/operation/catalogue.ts";
import { nameToType } from "../../src/operation/destructive.ts";
import type { Operation, OperationKind, RunRunbook } from "../../src/operation/operation.ts";
import { name, namespace } from "../contract/sample-request.ts";

const of = (kind: OperationKind) =>
  ({ kind, cluster: "demo", target: { kind: "Pod", namespace: namespace("prod"), name: name("api-1") } }) as Operation;

describe("the name to type before a yes", () => {
  it("is that of the object, for whatever deletes, drains or forces, and for nothing else", () => {
    const kinds = (Object.keys(catalogue) as OperationKind[]).filter((kind) => kind !== "runbook");
    assert.deepEqual(
      kinds.filter((kind) => nameToType(of(kind)) === "api-1"),
      [
        "delete-pod",
        "delete-pod-force",
        "delete-deployment",
        "delete-statefulset",
        "delete-job",
        "delete-configmap",
        "drain",
      ],
    );
    assert.ok(kinds.every((kind) => [undefined, "api-1"].includes(nameToType(of(kind)))));
  });

  it("is that of a runbook, where one of its steps does any of these", () => {
    const run = (kind: OperationKind): Operation =>
      ({
        kind: "runbook",
        cluster: "demo",
        name: "recycle",
        parameters: {},
        steps: [of(kind)],
      }) as unknown as RunRunbook;
    assert.equal(nameToType(run("drain")), "recycle");
    assert.equal(nameToType(run("scale")), undefined);
  });
});
