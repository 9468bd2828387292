import assert from "node:assert/strict";
import type { Finished, Request } from "../../src/request/request.ts";
import { eventually } from "../contract/kubernetes/bench.ts";
import { approve, ask, finish, prove, reach, told } from "../lab/acting.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { deployments, effectsOf, onRealStage, operations, podsOf, type RealStage } from "./stage.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy";

/** Up to the last yes that is needed, which is Bob's. */
async function toBob({ lab }: RealStage, line: string): Promise<string> {
  const id = await ask(lab, alice, incident, line);
  await prove(lab, alice, await lab.enrol(alice.sub), id);
  await reach(lab, id, "awaiting-approval");
  return id;
}

async function yes({ lab }: RealStage, id: string): Promise<void> {
  await approve(lab, bob, await lab.enrol(bob.sub), id);
}

function outcomeOf(request: Request): Finished["outcome"] {
  assert.ok("outcome" in request, JSON.stringify(request));
  return request.outcome;
}

const generationOf = async ({ admin }: RealStage) => (await admin.get(`${deployments}/api`)).metadata.generation ?? 0;

describe("journeys on a real API server, the second lock on", function () {
  this.timeout(90_000);
  const stage = onRealStage({ webs: 2, workers: 2 });

  /** The one effect of a request, once its line is in the log. */
  const effectOf = async (id: string) => {
    const [effect, ...more] = await eventually(
      () => effectsOf(stage(), id),
      (effects) => effects.length > 0,
    );
    assert.ok(effect);
    assert.deepEqual(more, []);
    return effect;
  };

  describe("a restart", () => {
    let id: string;
    let token: string;
    let before: readonly string[];

    it("succeeds, with exactly one effect, by the account made for it", async () => {
      before = await podsOf(stage().admin, "api");
      const generation = await generationOf(stage());
      id = await toBob(stage(), restart);
      assert.deepEqual(await effectsOf(stage(), id), []);
      const patching = stage().gate.holdNext("call", ({ method, path }) => method === "PATCH" && !/dryRun/.test(path));
      const [held] = await Promise.all([patching, yes(stage(), id)]);
      token = held.call.token;
      // The second lock holds while the token is at its strongest.
      const thief = stage().admin.as(token);
      const annotations = { "countersign.dev/request": id, "countersign.dev/digest": "any" };
      const theft = await thief.send("PATCH", `${deployments}/api`, {
        body: { metadata: { annotations }, spec: { replicas: 0 } },
        contentType: "application/merge-patch+json",
      });
      assert.equal(theft.status, 403);
      assert.match(theft.body.message ?? "", /spec.replicas must stay as it is/);
      held.release();
      const request = await finish(stage().lab, id);
      await told(stage().lab, alice, incident, id);
      assert.equal(request.state, "succeeded", JSON.stringify(request));
      const { user, verb, objectRef } = await effectOf(id);
      assert.equal(user.username, "system:serviceaccount:countersign-operations:countersign-rollout-restart");
      assert.deepEqual([verb, objectRef?.resource, objectRef?.name], ["patch", "deployments", "api"]);
      assert.equal(await generationOf(stage()), generation + 1);
    });

    it("has replaced every pod", async () => {
      const now = await podsOf(stage().admin, "api");
      assert.equal(now.length, before.length);
      assert.deepEqual(
        now.filter((uid) => before.includes(uid)),
        [],
      );
      const object = await stage().admin.get(`${deployments}/api`);
      assert.equal(object.metadata.annotations?.["countersign.dev/request"], id);
    });

    it("can be joined with the API server's own log: by its Audit-Id, and by its token to the token's issue", async () => {
      const { credential, apiAuditIds } = outcomeOf(await finish(stage().lab, id));
      const effect = await effectOf(id);
      assert.deepEqual(apiAuditIds, [effect.auditID]);
      const jti = `JTI=${credential}`;
      assert.deepEqual(effect.user.extra?.["authentication.kubernetes.io/credential-id"], [jti]);
      const issued = (await stage().cluster.auditLog()).filter(
        ({ annotations }) => annotations?.["authentication.kubernetes.io/issued-credential-id"] === jti,
      );
      assert.deepEqual(
        issued.map(({ user, objectRef, userAgent }) => [user.username, objectRef?.name, userAgent?.split(" ").at(-1)]),
        [["system:serviceaccount:countersign:countersign-worker", "countersign-rollout-restart", `req/${id}`]],
      );
    });

    it("leaves its ticket in the cluster, which nothing can change", async () => {
      const ticket = await stage().admin.get(`${operations}/configmaps/${id}`);
      const request = await finish(stage().lab, id);
      assert.ok("digest" in request);
      assert.equal(ticket["immutable"], true);
      const { digest, requester, fence } = ticket["data"] as Record<string, string>;
      assert.deepEqual([digest, requester, fence], [request.digest, alice.sub, "1"]);
    });

    it("leaves no handle, and its token is refused within fifteen seconds", async () => {
      const { admin } = stage();
      const gone = ({ status }: { status: number }) => status === 404;
      await eventually(() => admin.send("GET", `${operations}/secrets/${id}-1`), gone);
      const refused = ({ status }: { status: number }) => status === 401;
      await eventually(() => admin.as(token).send("GET", `${deployments}/api`), refused, 15_000);
    });
  });

  describe("other stories", () => {
    it("a scale succeeds through the subresource alone, with exactly one effect and five pods", async () => {
      const id = await toBob(stage(), "/k8s scale deploy/api --replicas=5 -n prod -- traffic");
      await yes(stage(), id);
      const request = await finish(stage().lab, id);
      assert.equal(request.state, "succeeded", JSON.stringify(request));
      const effect = await effectOf(id);
      assert.equal(effect.user.username, "system:serviceaccount:countersign-operations:countersign-scale");
      assert.deepEqual([effect.objectRef?.resource, effect.objectRef?.subresource], ["deployments", "scale"]);
      assert.deepEqual(outcomeOf(request).apiAuditIds, [effect.auditID]);
      assert.equal((await podsOf(stage().admin, "api")).length, 5);
    });

    it("an eviction removes that very pod, with exactly one effect, and another takes its place", async () => {
      const { lab, admin } = stage();
      const before = await podsOf(admin, "api");
      const [victim] = (await admin.list("/api/v1/namespaces/prod/pods")).filter(
        ({ metadata }) => metadata.labels?.["app"] === "api" && before.includes(metadata.uid),
      );
      assert.ok(victim);
      const id = await toBob(stage(), `/k8s delete pod ${victim.metadata.name} -n prod -- it hangs`);
      await yes(stage(), id);
      const request = await finish(lab, id);
      assert.equal(request.state, "succeeded", JSON.stringify(request));
      const effect = await effectOf(id);
      assert.equal(effect.user.username, "system:serviceaccount:countersign-operations:countersign-delete-pod");
      assert.deepEqual([effect.verb, effect.objectRef?.subresource], ["create", "eviction"]);
      assert.deepEqual(outcomeOf(request).apiAuditIds, [effect.auditID]);
      const after = await eventually(
        () => podsOf(admin, "api"),
        (uids) => uids.length === before.length,
      );
      assert.ok(!after.includes(victim.metadata.uid));
    });

    it("an object that was changed in between is a conflict, and nothing runs", async () => {
      const { lab, admin } = stage();
      const id = await toBob(stage(), restart);
      for (const worker of lab.workers) worker.signal("SIGSTOP");
      try {
        await yes(stage(), id);
        await reach(lab, id, "granted");
        await admin.patch(`${deployments}/api`, { spec: { template: { metadata: { labels: { build: "2" } } } } });
      } finally {
        for (const worker of lab.workers) worker.signal("SIGCONT");
      }
      assert.equal((await finish(lab, id)).state, "conflict");
      assert.deepEqual(await effectsOf(stage(), id), []);
      assert.equal((await admin.send("GET", `${operations}/configmaps/${id}`)).status, 404);
    });
  });
});
