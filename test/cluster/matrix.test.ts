import assert from "node:assert/strict";
import { openCluster } from "../../src/adapters/kubernetes/cluster.ts";
import type { ChangePlan } from "../../src/execution/act.ts";
import { actOf } from "../../src/execution/acts.ts";
import { accountOf, reader } from "../../src/execution/bench.ts";
import { renderAccounts, rulesOf } from "../../src/operation/accounts.ts";
import { renderAdmission } from "../../src/operation/admission.ts";
import { catalogue, entryOf } from "../../src/operation/catalogue.ts";
import type { Change } from "../../src/operation/operation.ts";
import { ClusterFault } from "../../src/ports/cluster.ts";
import { collectionOf, install, workerTokenOf } from "../adapters/kubernetes/install.ts";
import { writeKubeconfig } from "../adapters/kubernetes/kubeconfig.ts";
import { eventually } from "../contract/kubernetes/bench.ts";
import { type AdminClient, openAdminClient } from "../lab/kubernetes/admin-client.ts";
import { namespace } from "../lab/kubernetes/seed.ts";
import { contained, revise, sampleObjects, samplesIn } from "./samples.ts";
import { clusterFor } from "./shared-cluster.ts";

const place = `matrix-${process.pid}`;
const request = `r-matrix-${process.pid}`;
const stamp = { request, digest: "d".repeat(64), at: 1_790_000_000_000 };
const requester = {
  sub: "alice",
  groups: [],
  kubernetes: { usual: { kind: "User", name: "alice" }, per: {} },
} as const;
const samples = Object.values(samplesIn(place)) as readonly Change[];
// A runbook runs under the accounts of its steps, and has none.
const accounts = [
  ...new Set(Object.values(catalogue).flatMap(({ account, rules }) => (rules.length > 0 ? [account] : []))),
];
const policies = renderAdmission() as unknown as Parameters<typeof collectionOf>[0][];

// All in a dry run, which the server authorizes and admits as it does the real call.
describe("each operation on a real API server, under its own token and under each other's", function () {
  this.timeout(60_000);
  let admin: AdminClient;
  let cluster: Awaited<ReturnType<typeof openCluster>>;
  const closing = new AsyncDisposableStack();
  const plans = new Map<Change, ChangePlan>();

  before(async function () {
    const peer = await clusterFor(this);
    this.timeout(60_000);
    admin = openAdminClient(peer);
    closing.defer(() => admin.close());
    await install(admin, [namespace(place), ...renderAccounts({ namespaces: [place] }), ...policies]);
    await install(admin, sampleObjects(place));
    await revise(admin, place);
    closing.defer(async () => {
      for (const node of ["node", "cordoned"]) await admin.send("DELETE", `/api/v1/nodes/${place}-${node}`);
      for (const policy of policies) await admin.send("DELETE", `${collectionOf(policy)}/${policy.metadata.name}`);
    });
    const { server, ca } = peer;
    const kubeconfig = writeKubeconfig({ server, ca, user: { token: await workerTokenOf(admin) } });
    closing.defer(() => kubeconfig.remove());
    cluster = await openCluster({ name: "lab", kubeconfig: kubeconfig.path });
    closing.defer(() => cluster.close());
    const session = await cluster.session(reader, request);
    for (const operation of samples) {
      const plan = await actOf(operation).plan(session, operation, Date.now(), request, requester);
      assert.ok(!("unplannable" in plan), JSON.stringify(plan));
      plans.set(operation, plan);
    }
    // Every policy is in force once each operation is refused under all tokens but those that may.
    for (const operation of samples)
      for (const account of accounts)
        if (!may(operation, account))
          await eventually(
            async () => `${await attempt(operation, account)} ${operation.kind} ${account}`,
            isRefused,
            20_000,
          );
  });
  after(() => closing.disposeAsync());

  /** The operation's own call under the token of any account; the choke point on our side lets it through. */
  async function attempt(operation: Change, account: string): Promise<string> {
    const plan = plans.get(operation);
    assert.ok(plan);
    const session = await cluster.session({ account, rules: accountOf(operation).rules }, request);
    try {
      const { resourceVersion } = plan.live;
      await actOf(operation).apply(session, plan, { stamp, resourceVersion, dryRun: true });
      return "taken";
    } catch (fault) {
      if (!(fault instanceof ClusterFault)) throw fault;
      return `${fault.code}: ${fault.says}`;
    }
  }
  const isRefused = (answer: string) => answer.startsWith("forbidden: ");

  for (const operation of samples) {
    const { account } = entryOf(operation);
    it(`${operation.kind} is taken under ${account}`, async () => {
      assert.equal(await attempt(operation, account), "taken");
    });

    const others = accounts.filter((other) => !may(operation, other));
    it(`${operation.kind} is answered with 403 under the ${others.length} others`, async () => {
      for (const other of others) assert.match(await attempt(operation, other), /^forbidden: /, other);
    });
  }

  it("no operation's account may read a Secret, or write a Role, a binding or a policy it does not answer for", async () => {
    for (const account of accounts) {
      const holder = admin.as(await tokenOf(admin, account));
      for (const [method, path] of [
        ["GET", `/api/v1/namespaces/${place}/secrets`],
        ["GET", "/api/v1/secrets"],
        ["POST", `/apis/rbac.authorization.k8s.io/v1/namespaces/${place}/roles`],
        ["POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"],
        ["POST", `/api/v1/namespaces/${place}/pods`],
        ["DELETE", `/api/v1/namespaces/${place}/pods`],
        ["DELETE", `/apis/apps/v1/namespaces/${place}/deployments`],
        ["POST", `/api/v1/namespaces/${place}/serviceaccounts/default/token`],
      ] as const) {
        const { status, body } = await holder.send(method, `${path}?dryRun=All`, method === "POST" ? { body: {} } : {});
        assert.equal(status, 403, `${account} ${method} ${path}: ${body.message}`);
      }
    }
  });

  it("has no account that no operation uses", () => {
    for (const account of accounts) assert.ok(rulesOf(account).length > 0, account);
  });
});

function may(operation: Change, account: string): boolean {
  if (entryOf(operation).account === account) return true;
  const holders = (Object.keys(contained) as Change["kind"][]).filter((kind) =>
    contained[kind]?.includes(operation.kind),
  );
  return holders.some((kind) => catalogue[kind].account === account);
}

async function tokenOf(admin: AdminClient, account: string): Promise<string> {
  const path = `/api/v1/namespaces/countersign-operations/serviceaccounts/${account}/token`;
  const { status } = await admin.create(path, { spec: { expirationSeconds: 600 } });
  return String((status as { readonly token?: unknown }).token);
}
