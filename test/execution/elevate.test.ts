import assert from "node:assert/strict";
import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import type { Plan } from "../../src/operation/plan.ts";
import type { Subject } from "../../src/policy/subject.ts";
import { noon } from "../fakes/clock.ts";
import { alice } from "../request/desk.ts";
import { inState } from "../request/samples.ts";
import { openBench, type TestBench, tickets } from "./bench.ts";
import { bindings, elevateTo } from "./elevated.ts";

const roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
const rbac = "rbac.authorization.k8s.io";

describe("elevating", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench({ deadlineMs: 1_000 });
  });
  afterEach(() => test.close());

  const made = () =>
    test.double.history.filter(
      ({ resource, changed, user }) => resource === "rolebindings" && changed && user !== "admin",
    );
  const bindingOf = ({ id }: { readonly id: string }) => test.admin.get(`${bindings}/countersign-elevation-${id}`);
  async function planned(operation: Operation, requester: Subject = alice) {
    const { id } = await test.desk.asks(requester, operation);
    await work(test.worker("planner"), id);
    return test.now({ id });
  }
  const whyNot = async (operation: Operation, requester?: Subject) => {
    const request = await planned(operation, requester);
    return "ended" in request ? request.ended.why : `it is ${request.state}`;
  };

  it("makes one binding for the requester, by the account made for it, with its end on it", async () => {
    const request = await test.granted(elevateTo("edit"));
    await work(test.worker("first"), request.id);
    const done = inState(await test.now(request), "succeeded");
    assert.match(
      done.outcome.says,
      /^done; the user alice@example.com holds edit in prod until 2026-11-24 12:30:00 UTC$/,
    );
    const { metadata, roleRef, subjects } = (await bindingOf(request)) as Awaited<ReturnType<typeof bindingOf>> & {
      readonly roleRef?: unknown;
      readonly subjects?: unknown;
    };
    assert.deepEqual(metadata.annotations, {
      "countersign.dev/request": request.id,
      "countersign.dev/digest": request.digest,
      "countersign.dev/requester": "alice",
      "countersign.dev/expires": new Date(noon + 1_800_000).toISOString(),
    });
    assert.equal(metadata.labels?.["countersign.dev/elevation"], "true");
    assert.deepEqual(roleRef, { apiGroup: rbac, kind: "ClusterRole", name: "edit" });
    assert.deepEqual(subjects, [{ apiGroup: rbac, kind: "User", name: "alice@example.com" }]);
    assert.deepEqual(
      made().map(({ verb, user }) => [verb, user.split(":").at(-1)]),
      [["create", "countersign-elevate"]],
    );
  });

  it("shows who will hold what, where, for how long, and what is not taken back", async () => {
    const { plan } = (await planned(elevateTo("edit"))) as { readonly plan?: Plan };
    assert.deepEqual(plan?.changes, [
      {
        field: "a RoleBinding in prod",
        from: "none",
        to: "the user alice@example.com holds edit for 30 minutes from the grant on",
      },
    ]);
    assert.match(plan?.live.warnings.join(" ") ?? "", /outlasts the elevation/);
    assert.deepEqual(plan?.object?.kind, "ClusterRole");
  });

  it("elevates nobody of whom it is not written down who they are in that cluster", async () => {
    test.directory.put({ ...alice, kubernetes: { per: { elsewhere: { kind: "User", name: "alice" } } } });
    assert.match(
      await whyNot(elevateTo("view")),
      /Nobody has said who alice is in the cluster demo.*kubernetes: \{ user/,
    );
    test.directory.put({ sub: "alice", groups: alice.groups });
    assert.match(await whyNot(elevateTo("view")), /Nobody has said who alice is/);
  });

  it("takes the name that a cluster has for them before the usual one", async () => {
    const per = { demo: { kind: "Group", name: "oncall" } } as const;
    test.directory.put({ ...alice, kubernetes: { usual: { kind: "User", name: "alice" }, per } });
    const request = await test.granted(elevateTo("view"));
    assert.match(request.plan.live.warnings.join(" "), /Everybody whom the API server counts to the group oncall/);
    await work(test.worker("first"), request.id);
    const { subjects } = (await bindingOf(request)) as unknown as { readonly subjects: unknown };
    assert.deepEqual(subjects, [{ apiGroup: rbac, kind: "Group", name: "oncall" }]);
  });

  it("does not give what was approved to whom they have become since", async () => {
    const request = await test.granted(elevateTo("view"));
    test.directory.put({ ...alice, kubernetes: { usual: { kind: "User", name: "mallory" }, per: {} } });
    await work(test.worker("first"), request.id);
    inState(await test.now(request), "conflict");
    assert.deepEqual(made(), []);
  });

  it("does not give a role that allows something else than was approved", async () => {
    const request = await test.granted(elevateTo("edit"));
    const rules = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }];
    await test.admin.patch(`${roles}/edit`, { rules });
    await work(test.worker("first"), request.id);
    inState(await test.now(request), "conflict");
    assert.deepEqual(made(), []);
  });

  for (const rule of [
    { apiGroups: [rbac], resources: ["rolebindings"], verbs: ["create"] },
    { apiGroups: [rbac], resources: ["*"], verbs: ["get", "bind"] },
    { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
    { apiGroups: [""], resources: ["users"], verbs: ["impersonate"] },
  ])
    it(`gives no role that could outlast its end: ${rule.verbs} on ${rule.resources}`, async () => {
      await test.admin.patch(`${roles}/edit`, { rules: [rule] });
      assert.match(await whyNot(elevateTo("edit")), /so it would outlast its end/);
    });

  it("gives no role that its account may not bind, whatever the policy offers", async () => {
    await test.admin.create(roles, { metadata: { name: "debug" }, rules: [] });
    test.policy.replace({ ...test.policy.current(), elevations: { roles: ["debug"], longest: 3_600_000 } });
    test.desk.policy.replace(test.policy.current());
    const rules = [{ apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] }];
    await test.admin.patch(`${roles}/debug`, { rules });
    assert.match(await whyNot(elevateTo("debug")), /may not give the role debug.*manifests --role debug/);
  });

  it("is refused by the worker's own policy, also where the web process let it pass", async () => {
    const request = await test.granted(elevateTo("edit"));
    test.policy.replace({ ...test.policy.current(), elevations: { roles: ["view"], longest: 3_600_000 } });
    await work(test.worker("first"), request.id);
    const ended = inState(await test.now(request), "denied").ended;
    assert.match(ended.why, /does not offer the role edit/);
    assert.deepEqual(made(), []);
  });

  it("is sent once: a lost answer is looked for in the cluster, and nothing is sent again", async () => {
    const create = /\/rolebindings\?(?!.*dryRun)/;
    const request = await test.granted(elevateTo("view"));
    test.double.faults.drop("after-effect", create);
    await work(test.worker("first"), request.id);
    inState(await test.now(request), "succeeded");
    assert.equal(made().length, 1);
    const lost = await test.granted(elevateTo("view"));
    test.double.faults.drop("before-effect", create);
    await work(test.worker("first"), lost.id);
    inState(await test.now(lost), "unknown");
    assert.equal(made().length, 1);
  });

  it("leaves a ticket before it acts, as every operation does", async () => {
    const request = await test.granted(elevateTo("view"));
    await work(test.worker("first"), request.id);
    assert.ok((await test.admin.list(tickets)).some(({ metadata }) => metadata.name === request.id));
  });
});
