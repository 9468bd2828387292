import assert from "node:assert/strict";
import fc from "fast-check";
import { demandExact, pass, type Verb } from "../../../src/adapters/kubernetes/choke-point.ts";
import { workerRules } from "../../../src/operation/accounts.ts";
import { catalogue } from "../../../src/operation/catalogue.ts";
import { ClusterFault, type ObjectRef } from "../../../src/ports.ts";
import { naughty } from "./naughty.ts";

const api: ObjectRef = { group: "apps", version: "v1", resource: "deployments", namespace: "prod", name: "api" };
const rules = [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch", "patch", "delete"] }];
const verbs: readonly Verb[] = ["get", "list", "watch", "patch", "delete"];

function notSent(fault: unknown): boolean {
  return fault instanceof ClusterFault && fault.code === "not-sent";
}

describe("pass", () => {
  const { name: _, ...all } = api;
  const configMap: ObjectRef = { group: "", version: "v1", resource: "configmaps", namespace: "ops", name: "r-1" };

  for (const [verb, ref, method, path] of [
    ["get", api, "GET", "/apis/apps/v1/namespaces/prod/deployments/api"],
    ["list", all, "GET", "/apis/apps/v1/namespaces/prod/deployments"],
    ["watch", api, "GET", "/apis/apps/v1/namespaces/prod/deployments"],
    ["patch", api, "PATCH", "/apis/apps/v1/namespaces/prod/deployments/api"],
    ["delete", api, "DELETE", "/apis/apps/v1/namespaces/prod/deployments/api"],
  ] as const)
    it(`gives ${verb} its one path`, () => {
      const passage = pass(rules, verb, ref);
      assert.deepEqual({ ...passage }, { method, path });
    });

  it("puts a subresource behind the name", () => {
    const passage = pass(catalogue.scale.rules, "patch", { ...api, subresource: "scale" });
    assert.equal(passage.path, "/apis/apps/v1/namespaces/prod/deployments/api/scale");
  });

  it("creates in the collection, and a token below its account", () => {
    assert.equal(pass(workerRules, "create", configMap).path, "/api/v1/namespaces/ops/configmaps");
    const token = { ...configMap, resource: "serviceaccounts", subresource: "token", name: "countersign-scale" };
    assert.equal(
      pass(workerRules, "create", token).path,
      "/api/v1/namespaces/ops/serviceaccounts/countersign-scale/token",
    );
  });

  it("mints no token of an account that is not of the catalogue", () => {
    const token = { ...configMap, resource: "serviceaccounts", subresource: "token", name: "default" };
    assert.throws(() => pass(workerRules, "create", token), notSent);
  });

  it("refuses what the account does not declare, verb by verb and subresource by subresource", () => {
    assert.throws(() => pass(catalogue.get.rules, "patch", api), notSent);
    assert.throws(() => pass(catalogue.get.rules, "watch", api), notSent);
    assert.throws(() => pass(catalogue.scale.rules, "patch", api), notSent);
    assert.throws(() => pass(catalogue["rollout-restart"].rules, "patch", { ...api, subresource: "scale" }), notSent);
    assert.throws(() => pass(rules, "get", { ...api, group: "extensions" }), notSent);
    assert.throws(() => pass([], "get", api), notSent);
  });

  it("takes no wildcard for a rule", () => {
    const every = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
    assert.throws(() => pass(every, "get", api), notSent);
  });

  it("wants a name wherever one object is meant, and none in a list", () => {
    for (const verb of verbs) {
      const [unfit, fit] = verb === "list" ? [api, all] : [all, api];
      assert.throws(() => pass(rules, verb, unfit), notSent, verb);
      assert.doesNotThrow(() => pass(rules, verb, fit), verb);
    }
  });

  it("refuses every naughty text in every place of every call", () => {
    for (const text of naughty)
      for (const verb of verbs)
        for (const place of ["group", "version", "resource", "subresource", "namespace", "name"] as const) {
          // An empty group is the core group, and an empty subresource none at all.
          if (text === "" && place === "group") continue;
          const ref = verb === "list" && place !== "name" ? all : api;
          assert.throws(
            () => pass(rules, verb, { ...ref, [place]: text }),
            notSent,
            JSON.stringify([verb, place, text]),
          );
        }
  });

  it("refuses parts that are no text, however they print", () => {
    for (const part of [["api"], { toString: () => "api" }, 7, null, undefined])
      assert.throws(() => pass(rules, "get", { ...api, name: part } as unknown as ObjectRef), notSent);
  });

  it("lets through no path but the one of its parts, whatever they are", () => {
    const word = fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.constantFrom(...naughty),
      fc.stringMatching(/^[a-z0-9.%/-]{1,12}$/),
      fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/),
    );
    const seen = { passed: 0, refused: 0 };
    fc.assert(
      fc.property(word, word, (namespace, name) => {
        try {
          const { path } = pass(rules, "delete", { ...api, namespace, name });
          seen.passed++;
          assert.equal(path, `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
          assert.match(path, /^(\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?){7}$/);
          assert.equal(new URL(`https://k${path}`).pathname, path);
        } catch (fault) {
          if (!notSent(fault)) throw fault;
          seen.refused++;
        }
      }),
      { numRuns: 20_000, seed: 1 },
    );
    assert.ok(seen.passed > 500 && seen.refused > 10_000, JSON.stringify(seen));
  });
});

describe("demandExact", () => {
  const server = new URL("https://k.example:6443/clusters/a/");
  const passage = pass(rules, "get", api);
  const right = "https://k.example:6443/clusters/a/apis/apps/v1/namespaces/prod/deployments/api";

  it("lets what was meant be sent, with any query", () => {
    demandExact(passage, server, { method: "GET", url: new URL(right) });
    demandExact(passage, server, { method: "GET", url: new URL(`${right}?dryRun=All`) });
  });

  for (const [what, method, address] of [
    ["another method", "DELETE", right],
    ["another server", "GET", right.replace("k.example", "evil.example")],
    ["another port", "GET", right.replace(":6443", "")],
    ["a shorter path", "GET", right.replace(/\/api$/, "")],
    ["a longer path", "GET", `${right}/scale`],
    ["a trailing slash", "GET", `${right}/`],
    ["a path that was folded", "GET", right.replace("/api", "/x/../../pods/api")],
    ["a path outside of the server's own", "GET", right.replace("/clusters/a", "")],
    ["credentials in the address", "GET", right.replace("https://", "https://a:b@")],
    ["a fragment", "GET", `${right}#x`],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.throws(() => demandExact(passage, server, { method, url: new URL(address) }), notSent);
    });
});
