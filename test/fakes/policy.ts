import type { Policy } from "../../src/policy/policy.ts";
import type { PolicySource } from "../../src/ports.ts";

export interface FakePolicy extends PolicySource {
  replace(policy: Policy): void;
}

/** The policy of the lab: reading is routine, changing asks for proof, production for one more person. */
export const labPolicy: Policy = {
  revision: "0".repeat(64),
  tiers: [
    { name: "routine", requirements: {} },
    { name: "guarded", requirements: { stepUp: {} } },
    { name: "privileged", requirements: { stepUp: {}, approvals: { count: 1, from: ["sre"], stepUp: {} } } },
    {
      name: "critical",
      requirements: { stepUp: {}, approvals: { count: 2, from: ["sre"], stepUp: { within: 300_000 } } },
    },
    { name: "forbidden", requirements: {}, deny: "not from chat" },
  ],
  permit: [
    { name: "engineers read", subjects: ["group:engineering"], operations: ["@read"], tier: "routine" },
    { name: "on-call operates", subjects: ["group:oncall"], operations: ["@change"], tier: "guarded" },
  ],
  raise: [
    { name: "production", operations: ["@change"], namespaces: ["prod"], tier: "privileged" },
    { name: "nodes", operations: ["cordon", "uncordon", "drain"], tier: "privileged" },
    { name: "payments", operations: ["@change"], namespaces: ["payments"], tier: "critical" },
    { name: "kube-system", operations: ["@change"], namespaces: ["kube-system"], tier: "forbidden" },
  ],
  elevations: { roles: ["view", "edit"], longest: 3_600_000 },
  fields: {
    patch: { Deployment: ["spec.minReadySeconds"] },
    label: ["team", "example.com/*"],
    annotate: ["example.com/*"],
  },
  images: [{ registry: "registry.example", path: "" }],
  brake: { freeze: ["oncall", "sre"], unfreeze: ["sre"] },
};

export function fakePolicy(policy: Policy = labPolicy): FakePolicy {
  let current = policy;
  return {
    current: () => current,
    replace(next) {
      current = next;
    },
  } satisfies FakePolicy;
}
