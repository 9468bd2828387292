import assert from "node:assert/strict";
import fc from "fast-check";
import { demandExact, pass, passOperation, type Verb } from "../../../src/adapters/kubernetes/choke-point.ts";
import { workerRules } from "../../../src/operation/accounts.ts";
import { catalogue } from "../../../src/operation/catalogue.ts";
import { ClusterFault, type ObjectRef } from "../../../src/ports/cluster.ts";
import { parseRoute } from "../../lab/kubernetes/route.ts";
import { naughty } from "./naughty.ts";

const api: ObjectRef = { group: "apps", version: "v1", resource: "deployments", namespace: "prod", name: "api" };
const verbs: readonly Verb[] = ["get", "list", "watch", "patch", "create", "delete"];
const rules = [{ apiGroups: ["apps"], resources: ["deployments"], verbs }];
const everywhere = rules.map((rule) => ({ ...rule, scope: "cluster" as const }));

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
    ["create", api, "POST", "/apis/apps/v1/namespaces/prod/deployments"],
    ["delete", api, "DELETE", "/apis/apps/v1/namespaces/prod/deployments/api"],
  ] as const)
    it(`gives ${verb} its one path, in a namespace or in none`, () => {
      assert.deepEqual({ ...pass(rules, verb, ref) }, { method, path });
      assert.deepEqual({ ...pass(everywhere, verb, ref) }, { method, path });
      const { namespace: _, ...placeless } = ref;
      const passage = pass(everywhere, verb, placeless);
      assert.deepEqual({ ...passage }, { method, path: path.replace("/namespaces/prod", "") });
    });

  it("lets nothing out of a namespace by rules that are not of the whole cluster", () => {
    for (const verb of verbs) {
      const { namespace: _, ...placeless } = verb === "list" ? all : api;
      assert.throws(() => pass(rules, verb, placeless), notSent, verb);
      // What was left undefined by mistake is no leave to go everywhere.
      const mistaken = { ...placeless, namespace: undefined } as unknown as ObjectRef;
      assert.throws(() => pass(everywhere, verb, mistaken), notSent, verb);
    }
  });

  it("holds a rule of the whole cluster to the names it is limited to", () => {
    const named = everywhere.map((rule) => ({ ...rule, resourceNames: ["api"] }));
    const { namespace: _, ...placeless } = api;
    assert.doesNotThrow(() => pass(named, "get", placeless));
    assert.throws(() => pass(named, "get", { ...placeless, name: "other" }), notSent);
    assert.throws(() => pass(named, "list", { group: "apps", version: "v1", resource: "deployments" }), notSent);
  });

  describe("of a namespace itself", () => {
    const resources = ["namespaces", "namespaces/pods", "namespaces/status", "pods"];
    const any = [{ apiGroups: [""], resources, verbs, scope: "cluster" as const }];
    const prod: ObjectRef = { group: "", version: "v1", resource: "namespaces", name: "prod" };

    it("lets it be read where that is declared, and never be removed", () => {
      assert.equal(pass(any, "get", prod).path, "/api/v1/namespaces/prod");
      assert.throws(() => pass(any, "delete", prod), notSent);
    });

    it("never takes what is in it for a part of it", () => {
      for (const verb of verbs)
        for (const subresource of ["pods", "status"])
          assert.throws(() => pass(any, verb, { ...prod, subresource }), notSent, `${verb} ${subresource}`);
      assert.throws(() => pass(any, "get", { ...prod, namespace: "prod" }), notSent);
    });
  });

  it("lets no path be read as another resource or as another object than was meant", () => {
    for (const verb of verbs) {
      for (const resource of ["watch", "proxy", "status", "finalize"]) {
        const any = [{ apiGroups: [""], resources: [resource], verbs, scope: "cluster" as const }];
        const ref = { group: "", version: "v1", resource, ...(verb === "list" ? {} : { name: "pods" }) };
        assert.throws(() => pass(any, verb, ref), notSent, `${verb} ${resource}`);
        assert.throws(() => pass(any, verb, { ...ref, namespace: "prod" }), notSent, `${verb} ${resource}`);
      }
    }
    const logs = [{ apiGroups: [""], resources: ["pods/log"], verbs }];
    const pods: ObjectRef = { group: "", version: "v1", resource: "pods", subresource: "log", namespace: "prod" };
    assert.doesNotThrow(() => pass(logs, "get", { ...pods, name: "a" }));
    assert.throws(() => pass(logs, "list", pods), notSent);
    assert.throws(() => pass(logs, "watch", { ...pods, name: "a" }), notSent);
    assert.throws(() => pass(logs, "delete", { ...pods, name: "a" }), notSent);
  });

  it("lets a question be asked without a name, and nothing else be made without one", () => {
    const question = { group: "authorization.k8s.io", version: "v1", resource: "subjectaccessreviews" };
    const may = (group: string) => [
      { apiGroups: [group], resources: [question.resource], verbs, scope: "cluster" as const },
    ];
    const asking = may(question.group);
    assert.equal(pass(asking, "create", question).path, "/apis/authorization.k8s.io/v1/subjectaccessreviews");
    assert.throws(() => pass(asking, "create", { ...question, name: "a" }), notSent);
    assert.throws(() => pass(asking, "create", { ...question, subresource: "a" }), notSent);
    assert.throws(() => pass(asking, "delete", question), notSent);
    assert.throws(() => pass(asking, "patch", question), notSent);
    assert.throws(
      () => pass(may("authentication.k8s.io"), "create", { ...question, group: "authentication.k8s.io" }),
      notSent,
    );
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

  it("refuses every naughty text in every place of every call, in a namespace and in none", () => {
    const { namespace: _, ...placeless } = api;
    const { namespace: __, ...placelessAll } = all;
    for (const text of naughty)
      for (const verb of verbs)
        for (const place of ["group", "version", "resource", "subresource", "namespace", "name"] as const) {
          // An empty group is the core group, and an empty subresource none at all.
          if (text === "" && place === "group") continue;
          const nameless = verb === "list" && place !== "name";
          for (const ref of nameless ? [all, placelessAll] : [api, placeless])
            assert.throws(
              () => pass(everywhere, verb, { ...ref, [place]: text }),
              notSent,
              JSON.stringify([verb, place, text]),
            );
        }
  });

  it("refuses parts that are no text, however they print", () => {
    for (const part of [["api"], { toString: () => "api" }, 7, null, undefined])
      assert.throws(() => pass(rules, "get", { ...api, name: part } as unknown as ObjectRef), notSent);
  });

  // Mostly what must be refused, and enough that passes.
  const word = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom(...naughty),
    fc.stringMatching(/^[a-z0-9.%/-]{1,12}$/),
    fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/),
  );

  it("lets through no path but the one of its parts, whatever they are", () => {
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

  it("lets through no path that a server would read as anything but what was meant", () => {
    const resource = fc.constantFrom("namespaces", "pods", "nodes", "deployments", "subjectaccessreviews");
    const part = fc.oneof(
      { weight: 1, arbitrary: word },
      { weight: 3, arbitrary: fc.constantFrom("pods", "namespaces", "a") },
    );
    const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
    const refs = fc
      .record({
        group: fc.constantFrom("", "apps", "authorization.k8s.io"),
        version: fc.constant("v1"),
        resource,
        subresource: optional(fc.constantFrom("pods", "log", "status", "scale")),
        namespace: optional(part),
        name: optional(part),
      })
      // A part that is not there is absent, not undefined.
      .map((ref) => Object.fromEntries(Object.entries(ref).filter(([, value]) => value !== undefined)));
    const seen = { passed: 0, refused: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...verbs), fc.boolean(), refs, (verb, clusterWide, parts) => {
        const ref = parts as unknown as ObjectRef;
        const wanted = ref.subresource ? `${ref.resource}/${ref.subresource}` : ref.resource;
        const scope = clusterWide ? { scope: "cluster" as const } : {};
        try {
          const { method, path } = pass(
            [{ apiGroups: [ref.group], resources: [wanted], verbs: [verb], ...scope }],
            verb,
            ref,
          );
          seen.passed++;
          assert.ok(clusterWide || ref.namespace !== undefined, path);
          // The double reads paths as the API server does, and knows nothing of how they are built.
          const query = verb === "watch" ? `?watch=true&fieldSelector=metadata.name=${ref.name}` : "";
          const route = parseRoute(method, new URL(`https://k${path}${query}`));
          const { group, version, plural, subresource, namespace, name } = route.target ?? assert.fail(path);
          const meant = verb === "create" && ref.subresource === undefined ? { ...ref, name: "" } : ref;
          // A namespace counts as being in itself.
          const itself = path.endsWith(`/namespaces/${name}`) ? name : "";
          assert.equal(route.verb, verb, path);
          assert.deepEqual(
            { group, version, resource: plural, subresource, namespace, name },
            { subresource: "", ...meant, namespace: ref.namespace ?? itself, name: meant.name ?? "" },
          );
          if (verb === "delete")
            assert.ok(path.endsWith(`/${ref.resource}/${ref.name}`) && plural !== "namespaces", path);
        } catch (fault) {
          if (!notSent(fault)) throw fault;
          seen.refused++;
        }
      }),
      { numRuns: 20_000, seed: 3 },
    );
    assert.ok(seen.passed > 2_000 && seen.refused > 10_000, JSON.stringify(seen));
  });
});

describe("passOperation", () => {
  const anything = (resources: readonly string[]) => [
    { apiGroups: ["", "other.io"], resources, verbs, scope: "cluster" as const },
  ];
  const core: ObjectRef = { group: "", version: "v1", resource: "pods", namespace: "prod" };

  it("lets pass what the operation declares, and no more", () => {
    assert.deepEqual(passOperation(rules, "get", api), pass(rules, "get", api));
    assert.throws(() => passOperation(catalogue.get.rules, "patch", api), notSent);
  });

  it("refuses Secrets whatever is declared; the worker's own rules for them stand", () => {
    const secret: ObjectRef = { ...core, resource: "secrets", name: "r-1" };
    for (const verb of verbs)
      for (const group of ["", "other.io"]) {
        const ref = verb === "list" ? { ...core, group, resource: "secrets" } : { ...secret, group };
        assert.doesNotThrow(() => pass(anything(["secrets"]), verb, ref), verb);
        assert.throws(() => passOperation(anything(["secrets"]), verb, ref), notSent, verb);
        assert.throws(() => passOperation(workerRules, verb, ref), notSent, verb);
      }
    assert.doesNotThrow(() => pass(workerRules, "create", secret));
    assert.doesNotThrow(() => pass(workerRules, "delete", secret));
    assert.throws(() => pass(workerRules, "get", secret), notSent);
  });

  for (const part of ["exec", "attach", "portforward", "proxy", "ephemeralcontainers", "token"])
    it(`refuses ${part} whatever is declared`, () => {
      for (const resource of ["pods", "nodes", "services", "serviceaccounts"])
        for (const verb of ["get", "create", "patch"] as const) {
          const ref = { ...core, resource, name: "a", subresource: part };
          assert.throws(() => passOperation(anything([`${resource}/${part}`]), verb, ref), notSent);
        }
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
