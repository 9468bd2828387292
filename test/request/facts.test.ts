import assert from "node:assert/strict";
import type { Operation } from "../../src/operation/operation.ts";
import { factsOf } from "../../src/request/facts.ts";
import { elevateTo } from "../execution/elevated.ts";
import { alice, readPods, restartIn } from "./desk.ts";

const known = { replicas: 3, labels: { team: "web" } };
const facts = (operation: Operation) => factsOf(operation, alice, known);

describe("factsOf", () => {
  it("knows the object of a change by its name and by what was read of it", () => {
    const { name, namespaces, plan, elevation } = facts(restartIn("prod"));
    assert.deepEqual([name, namespaces, plan, elevation], ["api", ["prod"], known, undefined]);
  });

  it("knows nothing of what a role reaches, so that whatever guards one object there guards the role", () => {
    const { name, namespaces, plan, elevation } = facts(elevateTo("edit"));
    assert.deepEqual([name, namespaces, plan], [undefined, ["prod"], "unknown"]);
    assert.deepEqual(elevation, { role: "edit", ms: 1_800_000 });
  });

  it("counts the one role that changes nothing as what was planned", () => {
    assert.deepEqual(facts(elevateTo("view")).plan, known);
  });

  it("knows no object of a read", () => {
    assert.equal(facts(readPods).plan, "unknown");
  });
});
