import assert from "node:assert/strict";
import { eventually } from "../contract/kubernetes/bench.ts";
import { approve, ask, finish, prove, reach } from "../lab/acting.ts";
import { deployment } from "../lab/kubernetes/seed.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { Kubelet } from "./kubelet.ts";
import { effectsOf, onRealStage } from "./stage.ts";

// A node of its own: on the others stand the pods of every suite. Those of DaemonSets come to it and stay.
const node = "node-c";
const deployments = "/apis/apps/v1/namespaces/prod/deployments";

describe("nodes on a real API server, the second lock on", function () {
  this.timeout(120_000);
  const stage = onRealStage({ webs: 1, workers: 1 });

  describe("one", () => {
    let kubelet: Kubelet;
    const cordonOthers = async (unschedulable: boolean) => {
      for (const other of ["node-a", "node-b"])
        await stage().admin.patch(`/api/v1/nodes/${other}`, { spec: { unschedulable } });
    };
    before("stands there, with three pods on it", async () => {
      const { admin } = stage();
      kubelet = await Kubelet.start(admin, { nodes: [node], readyMs: 200, stopMs: 100 });
      await cordonOthers(true);
      await admin.create(deployments, deployment("prod", "leaving", 3));
      await eventually(podsOn, (pods) => pods.length === 3);
      await cordonOthers(false);
    });
    after(async () => {
      const { admin } = stage();
      await cordonOthers(false);
      await admin.send("DELETE", `${deployments}/leaving`, { body: { propagationPolicy: "Foreground" } });
      await kubelet.close();
      await admin.send("DELETE", `/api/v1/nodes/${node}`);
    });

    const isCordoned = async () =>
      ((await stage().admin.get(`/api/v1/nodes/${node}`))["spec"] as { unschedulable?: boolean }).unschedulable ===
      true;
    const podsOn = async () =>
      (
        await stage().admin.list("/api/v1/pods", {
          fieldSelector: `spec.nodeName=${node}`,
          labelSelector: "app=leaving",
        })
      ).filter(({ metadata }) => !metadata.deletionTimestamp);

    /** Asks, and gets every yes; answers how it ended, and the effects in the API server's own log. */
    async function run(command: string, effects: number) {
      const { lab } = stage();
      const id = await ask(lab, alice, incident, `/k8s ${command} -- its disk fails`);
      await prove(lab, alice, await lab.enrol(alice.sub), id);
      await reach(lab, id, "awaiting-approval");
      await approve(lab, bob, await lab.enrol(bob.sub), id);
      const request = await finish(lab, id);
      assert.equal(request.state, "succeeded", JSON.stringify(request));
      const seen = await eventually(
        () => effectsOf(stage(), id),
        (all) => all.length >= effects,
      );
      assert.ok("outcome" in request);
      assert.deepEqual([...request.outcome.apiAuditIds].sort(), seen.map(({ auditID }) => auditID).sort());
      return seen.map(({ verb, objectRef, user }) => [
        verb,
        objectRef?.subresource ?? objectRef?.resource,
        user.username?.split(":").at(-1),
      ]);
    }

    it("are cordoned and uncordoned, one effect each, what runs there stays", async () => {
      const before = (await podsOn()).map(({ metadata }) => metadata.uid).sort();
      assert.deepEqual(await run(`cordon ${node}`, 1), [["patch", "nodes", "countersign-cordon"]]);
      assert.equal(await isCordoned(), true);
      assert.deepEqual(await run(`uncordon ${node}`, 1), [["patch", "nodes", "countersign-uncordon"]]);
      assert.equal(await isCordoned(), false);
      assert.deepEqual((await podsOn()).map(({ metadata }) => metadata.uid).sort(), before);
    });

    it("are drained of every pod of the plan, one eviction each", async () => {
      const there = await podsOn();
      assert.equal(there.length, 3);
      const effects = await run(`drain ${node} --ignore-daemonsets --delete-emptydir-data --force`, there.length + 1);
      assert.deepEqual(effects[0], ["patch", "nodes", "countersign-drain"]);
      assert.deepEqual(
        effects.slice(1),
        there.map(() => ["create", "eviction", "countersign-drain"]),
      );
      const left = (await podsOn()).map(({ metadata }) => metadata.uid);
      for (const { metadata } of there) assert.ok(!left.includes(metadata.uid));
      assert.equal(await isCordoned(), true);
    });
  });
});
