import assert from "node:assert/strict";
import type { Policy } from "../../src/policy/policy.ts";
import { mayAsk } from "../../src/request/may-ask.ts";
import { name, namespace } from "../contract/sample-request.ts";

const policy: Policy = {
  revision: "r",
  tiers: [
    { name: "routine", requirements: {} },
    { name: "guarded", requirements: { stepUp: {} } },
    { name: "critical", requirements: { stepUp: {}, approvals: { count: 2, from: ["sre"] } } },
    { name: "forbidden", requirements: {}, deny: "not from chat" },
  ],
  permit: [
    { name: "read", subjects: ["*"], operations: ["@read"], tier: "routine" },
    { name: "operate", subjects: ["group:oncall"], operations: ["@change"], tier: "guarded" },
  ],
  raise: [
    { name: "payments", operations: ["@change"], labels: { team: ["payments"] }, tier: "critical" },
    { name: "kube-system", namespaces: ["kube-system"], tier: "forbidden" },
    { name: "the bank", names: ["bank-*"], tier: "critical" },
  ],
};
const desk = { policy: { current: () => policy } };
const [alice, bob] = [
  { sub: "alice", groups: ["oncall"] },
  { sub: "bob", groups: [] },
];
const prod = { cluster: "demo", namespace: namespace("prod"), name: name("api") };
const tier = (decision: { allowed: boolean; tier?: string }) => (decision.allowed ? decision.tier : "refused");

describe("mayAsk", () => {
  it("says what asking would be answered with, and the most it can come to", () => {
    const { now, most } = mayAsk(desk, alice, "scale", prod);
    assert.deepEqual([tier(now), tier(most)], ["guarded", "critical"]);
  });

  it("says of a read that its object changes nothing", () => {
    const { now, most } = mayAsk(desk, bob, "get", prod);
    assert.deepEqual([tier(now), tier(most)], ["routine", "routine"]);
  });

  it("refuses whom no rule permits, and where a rule says so", () => {
    assert.equal(tier(mayAsk(desk, bob, "scale", prod).now), "refused");
    const { now } = mayAsk(desk, alice, "get", { ...prod, namespace: namespace("kube-system") });
    assert.ok(!now.allowed && now.says.includes("not from chat"));
  });

  it("counts a rule about names where none is said, for any may be meant", () => {
    const { name: _, ...anywhere } = prod;
    assert.equal(tier(mayAsk(desk, alice, "get", anywhere).now), "critical");
    assert.equal(tier(mayAsk(desk, alice, "get", prod).now), "routine");
  });
});
