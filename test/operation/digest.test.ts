import assert from "node:assert/strict";
import fc from "fast-check";
import { type Asker, digestOf } from "../../src/operation/digest.ts";
import type { Json, Plan } from "../../src/operation/plan.ts";
import { name, namespace } from "../contract/sample-request.ts";

const target = { kind: "Deployment", namespace: namespace("prod"), name: name("api") } as const;
const asker: Asker = { request: "r-ab12cd34ef", requester: "alice", reason: "load" };
const object = { apiVersion: "apps/v1", kind: "Deployment", namespace: "prod", name: "api", uid: "u-1" } as const;
const plan: Plan = {
  operation: { kind: "scale", cluster: "demo", target, replicas: 5 },
  object,
  changes: [{ field: "replicas", from: "3", to: "5" }],
  binding: { replicas: 3, template: { labels: { app: "api" } } },
  effects: ["Two more pods."],
  facts: { replicas: 5, labels: { team: "web" } },
  live: { readAt: 1_000, resourceVersion: "7", ready: 3, total: 3, warnings: [] },
};
const digest = digestOf(asker, plan);

const bound: readonly (readonly [what: string, digest: string])[] = [
  ["the request", digestOf({ ...asker, request: "r-ab12cd34eg" }, plan)],
  ["the requester", digestOf({ ...asker, requester: "mallory" }, plan)],
  ["the reason", digestOf({ ...asker, reason: "load " }, plan)],
  ["the kind of operation", changed({ operation: { kind: "rollout-restart", cluster: "demo", target } })],
  ["the cluster", changed({ operation: { kind: "scale", cluster: "prod", target, replicas: 5 } })],
  ["the parameters", changed({ operation: { kind: "scale", cluster: "demo", target, replicas: 50 } })],
  [
    "the target's name",
    changed({ operation: { kind: "scale", cluster: "demo", target: { ...target, name: name("apo") }, replicas: 5 } }),
  ],
  [
    "the target's namespace",
    changed({
      operation: { kind: "scale", cluster: "demo", target: { ...target, namespace: namespace("dev") }, replicas: 5 },
    }),
  ],
  ["the object's uid", changed({ object: { ...object, uid: "u-2" } })],
  ["the object's kind", changed({ object: { ...object, kind: "StatefulSet" } })],
  ["the object's namespace", changed({ object: { ...object, namespace: "dev" } })],
  ["the object's name", changed({ object: { ...object, name: "apo" } })],
  ["the object's API version", changed({ object: { ...object, apiVersion: "apps/v2" } })],
  ["whether there is an object", digestOf(asker, without(plan, "object"))],
  ["from what a field changes", changed({ changes: [{ field: "replicas", from: "4", to: "5" }] })],
  ["to what a field changes", changed({ changes: [{ field: "replicas", from: "3", to: "6" }] })],
  ["which field changes", changed({ changes: [{ field: "paused", from: "3", to: "5" }] })],
  ["that nothing changes", changed({ changes: [] })],
  ["a field it relies on", changed({ binding: { replicas: 4, template: { labels: { app: "api" } } } })],
  ["a field deep inside", changed({ binding: { replicas: 3, template: { labels: { app: "apo" } } } })],
  ["a field of another type", changed({ binding: { replicas: "3", template: { labels: { app: "api" } } } })],
  ["a field more", changed({ binding: { replicas: 3, template: { labels: { app: "api", tier: "web" } } } })],
  ["no fields", changed({ binding: null })],
];

describe("digestOf", () => {
  it("is this very digest, for the format is signed, stored and shown: another one voids every approval", () => {
    assert.equal(digest, "02d06de0725268ce55c826abcdc0bce72eadb8275de38beced0c0e3aadafcfce");
  });

  for (const [what, other] of bound)
    it(`is another when it is about ${what}`, () => {
      assert.match(other, /^[0-9a-f]{64}$/);
      assert.notEqual(other, digest);
    });

  it("tells all of these apart from each other", () => {
    assert.equal(new Set(bound.map(([, other]) => other)).size, bound.length);
  });

  it("stays the same when what churns around the object changes", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.string(),
        fc.nat(),
        fc.array(fc.string()),
        fc.dictionary(fc.string(), fc.string()),
        (number, text, total, sentences, labels) => {
          const live = { readAt: number, resourceVersion: text, ready: number, total, warnings: sentences };
          const facts = { replicas: total, labels };
          assert.equal(changed({ live: { ...live, lastChange: text }, facts, effects: sentences }), digest);
        },
      ),
    );
  });

  it("stays the same in whatever order the server wrote the fields", () => {
    assert.equal(changed({ binding: { template: { labels: { app: "api" } }, replicas: 3 } }), digest);
    assert.equal(changed({ object: Object.fromEntries(Object.entries(object).reverse()) as typeof object }), digest);
  });

  it("is another for any two bindings that differ as JSON", () => {
    const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(json, json, (a, b) => {
        const [left, right] = [a, b].map((value) => JSON.parse(JSON.stringify(value)) as unknown);
        const same = isDeepEqual(left, right);
        assert.equal(changed({ binding: a }) === changed({ binding: b }), same);
      }),
    );
  });
});

function changed(change: Partial<Plan>): string {
  return digestOf(asker, { ...plan, ...change });
}

function without(whole: Plan, key: "object"): Plan {
  const { [key]: _, ...rest } = whole;
  return rest;
}

function isDeepEqual(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
