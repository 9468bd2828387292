import assert from "node:assert/strict";
import type { Request } from "../../src/request/request.ts";
import { approve, ask, clickAndHear, finish, prove, reach } from "../lab/acting.ts";
import { alice, bob, incident } from "../lab/people.ts";
import type { LabProcess } from "../lab/processes/lab-process.ts";
import type { GateCall, Held } from "./gate.ts";
import { deployments, effectsOf, onRealStage, operations, podsOf, type RealStage } from "./stage.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy";

const isTicket = ({ method, path }: GateCall) => method === "POST" && path.startsWith(`${operations}/configmaps`);
const isChange = ({ method, path }: GateCall) => method === "PATCH" && !path.includes("dryRun");

/** The worker whose claim stands in the record. */
function holderOf({ lab }: RealStage, request: Request): LabProcess {
  const name = "claim" in request ? request.claim?.worker : undefined;
  const holder = lab.workers.find(({ pid }) => name?.endsWith(`/${pid}`));
  assert.ok(holder, name);
  return holder;
}

describe("faults on a real API server", function () {
  this.timeout(120_000);
  const stage = onRealStage({ workers: 2, worker: { COUNTERSIGN_LEASE_SECONDS: "3" } });

  const generation = async () => (await stage().admin.get(`${deployments}/api`)).metadata.generation ?? 0;

  /** A restart up to where `fault` holds it; answers how it ended, and how often the object was changed. */
  const meanwhile = async (fault: (id: string) => Promise<void>) => {
    const { lab } = stage();
    const before = { generation: await generation(), pods: await podsOf(stage().admin, "api") };
    const id = await ask(lab, alice, incident, restart);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await reach(lab, id, "awaiting-approval");
    const phone = await lab.enrol(bob.sub);
    await Promise.all([fault(id), approve(lab, bob, phone, id)]);
    const request = await finish(lab, id);
    const made = (await generation()) - before.generation;
    return { id, request, made, before };
  };

  const executing = async (id: string) => {
    const request = await reach(stage().lab, id, "executing");
    assert.equal(request.state, "executing");
    return request;
  };

  for (const [where, side, fits] of [
    ["before the ticket", "call", isTicket],
    ["with the ticket in its hand", "answer", isTicket],
    ["before the change", "call", isChange],
    ["after the change, before its answer", "answer", isChange],
  ] as const)
    it(`a worker killed after the intent, ${where}: another one finishes, with one effect`, async () => {
      const { lab, gate } = stage();
      let held: Held | undefined;
      const { id, request, made } = await meanwhile(async (asked) => {
        held = await gate.holdNext(side, fits);
        await holderOf(stage(), await executing(asked)).kill();
        await lab.start("worker");
        // What was on its way arrives after all, when its sender is long gone.
        held.release();
      });
      assert.equal(request.state, "succeeded", JSON.stringify(request));
      assert.ok("claim" in request && request.claim?.fence === 2);
      assert.equal(made, 1);
      assert.equal((await effectsOf(stage(), id)).length, 1);
    });

  it("a worker killed while the API server is frozen: another one finishes after the thaw, with one effect", async () => {
    const { lab, cluster, gate } = stage();
    const { id, request, made, before } = await meanwhile(async (asked) => {
      const held = await gate.holdNext("call", isChange);
      cluster.apiServer.freeze();
      try {
        held.release();
        await holderOf(stage(), await executing(asked)).kill();
        await lab.start("worker");
      } finally {
        cluster.apiServer.thaw();
      }
    });
    assert.equal(request.state, "succeeded", JSON.stringify(request));
    assert.equal(made, 1);
    assert.equal((await effectsOf(stage(), id)).length, 1);
    const now = await podsOf(stage().admin, "api");
    assert.ok(before.pods.every((uid) => !now.includes(uid)));
  });

  for (const [what, side, delivered] of [
    ["before the change reached it, which then never does", "call", false],
    ["before the change reached it, which then does after the restart", "call", true],
    ["after the change, before its answer", "answer", false],
  ] as const)
    it(`an API server killed ${what}: it is told truly, with one effect`, async () => {
      const { cluster, gate } = stage();
      const { id, request, made } = await meanwhile(async () => {
        const held = await gate.holdNext(side, isChange);
        await cluster.apiServer.kill();
        if (!delivered) held.cut();
        await cluster.apiServer.restart();
        held.release();
      });
      const object = await stage().admin.get(`${deployments}/api`);
      const isDone = object.metadata.annotations?.["countersign.dev/request"] === id;
      assert.equal(request.state, "succeeded", JSON.stringify(request));
      assert.ok(isDone);
      assert.equal(made, 1);
      assert.ok((await effectsOf(stage(), id)).length <= 1);
    });

  it("calls that never arrive leave it unknown; a look calls it undone once none of them can arrive", async () => {
    const { lab, gate, admin } = stage();
    const { id, request, made } = await meanwhile(async () => {
      for (let tries = 0; tries < 6; tries++) (await gate.holdNext("call", isChange)).cut();
    });
    assert.equal(request.state, "unknown", JSON.stringify(request));
    await admin.patch(`${deployments}/api`, { metadata: { labels: { seen: id } } });
    await clickAndHear(lab, alice, "look-again", id);
    const over = await reach(lab, id, "failed");
    assert.match("outcome" in over ? over.outcome.says : "", /no call can reach it any more\. Nothing was done\.$/);
    assert.deepEqual([made, await effectsOf(stage(), id)], [0, []]);
  });

  it("leaves a trail that holds, though nobody could tell at each moment what had been done", async () => {
    const { code, stdout } = await stage().lab.cli("audit", "verify", "--json");
    assert.deepEqual([code, (JSON.parse(stdout) as { verified: boolean }).verified], [0, true]);
  });
});
