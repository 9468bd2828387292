import assert from "node:assert/strict";
import { parse } from "../../src/operation/parse.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import { name, namespace } from "../contract/sample-request.ts";

const place = { clusters: ["demo", "other"], defaultCluster: "demo" };
const target = (role: string) => ({ kind: "ClusterRole", namespace: namespace("prod"), name: name(role) });

describe("parsing an elevation", () => {
  for (const [line, role, seconds] of [
    ["elevate --role=edit -n prod --for=30m -- why", "edit", 1_800],
    ["elevate --for 1h30m --role view --namespace prod -- why", "view", 5_400],
    ["elevate --role=debug:pods.v2 --for=8h -n prod -- why", undefined, 0],
    ["elevate --role=debug-pods.v2 --for=8h -n prod -- why", "debug-pods.v2", 28_800],
    ["ELEVATE --role=view --for=1s -n prod -- why", "view", 1],
  ] as const)
    it(`${role === undefined ? "refuses" : "reads"} ${line}`, () => {
      const command = parse(line, place);
      if (role === undefined) return assert.ok(isRefusal(command));
      const operation = { kind: "elevate", cluster: "demo", target: target(role), seconds };
      assert.deepEqual(command, { kind: "operate", operation, reason: "why" });
    });

  for (const [line, says, remedy] of [
    ["elevate --role=edit --for=30m -n prod", /reason is missing/, /Usage/],
    ["elevate --for=30m -n prod -- why", /`--role` is missing/, /Usage/],
    ["elevate --role=edit -n prod -- why", /`--for` is missing/, /Usage/],
    ["elevate --role=edit --for=30m -- why", /namespace is missing/, /never in the whole cluster/],
    ["elevate bob --role=edit --for=30m -n prod -- why", /`bob` is too much/, /Usage/],
    ["elevate --role=edit --for=30 -n prod -- why", /`30` is no time/, /90s, 15m or 1h30m/],
    ["elevate --role=edit --for=0m -n prod -- why", /`0m` is no time/, /90s, 15m or 1h30m/],
    ["elevate --role=edit --for=8h1s -n prod -- why", /too long/, /more than 8h/],
    ["elevate --role=admin --for=1m -n prod -- why", /no role that can be given/, /outlast its end/],
    ["elevate --role=cluster-admin --for=1m -n prod -- why", /no role that can be given/, /outlast its end/],
    ["elevate --role=system:node --for=1m -n prod -- why", /no role that can be given/, /outlast its end/],
    ["elevate --role=edit --for=1m -A -- why", /is never taken|not an argument/, /Usage/],
    ["elevations prod", /`prod` is too much/, /elevations/],
    ["revoke", /id is missing/, /revoke r-/],
    ["revoke bob", /no request id/, /r-ab12cd34/],
  ] as const)
    it(`says what is wrong with ${line}`, () => {
      const refusal = parse(line, place);
      assert.ok(isRefusal(refusal), JSON.stringify(refusal));
      assert.match(refusal.says, says);
      assert.match(refusal.remedy ?? "", remedy);
    });

  it("reads how to list them, and how to end one by its request or by its name in the cluster", () => {
    const listed = (more: object) => ({ kind: "operate", operation: { kind: "elevations", ...more }, reason: "" });
    assert.deepEqual(parse("elevations", place), listed({ cluster: "demo" }));
    assert.deepEqual(
      parse("elevations -n prod -c other", place),
      listed({ cluster: "other", namespace: namespace("prod") }),
    );
    const ended = { kind: "revoke", id: "r-ab12cd34ef", reason: "done" };
    assert.deepEqual(parse("revoke r-ab12cd34ef -- done", place), ended);
    assert.deepEqual(parse("revoke countersign-elevation-r-ab12cd34ef -- done", place), ended);
  });
});
