import assert from "node:assert/strict";
import {
  alice,
  approvals,
  bob,
  type House,
  incident,
  type Mode,
  messagesOf,
  messageWith,
  openHouse,
  openView,
  textOf,
  viewSaying,
  whisperSaying,
} from "./house.ts";

for (const mode of ["socket", "http"] satisfies Mode[]) {
  describe(`a change through Slack in ${mode} mode`, () => {
    let house: House;
    beforeEach(async () => {
      house = await openHouse({ mode });
    });
    afterEach(() => house.close());

    it("is asked, proved, approved and told to its end, and leaves no button behind", async () => {
      const { slack, worker } = house;
      const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy";
      assert.deepEqual(await slack.as(alice.id).command(incident.id, restart), { ok: true });
      await whisperSaying(slack, alice, "Restart api in prod, cluster demo: recorded as");
      await worker.plan();

      const root = await messageWith(slack, incident, "prove");
      assert.deepEqual(await slack.as(alice.id).click(root, "prove"), { ok: true });
      const proof = await openView(slack, alice, "prove");
      assert.match(textOf(proof.view), /0b7a5a1e-0000-4000-8000-000000000001/);
      const code = { code: { code: house.code("alice") } };
      assert.deepEqual(await slack.as(alice.id).submit(proof.id, code), { ok: true });
      await viewSaying(slack, alice, "Your presence is proved.");

      const card = await messageWith(slack, approvals, "review");
      assert.deepEqual(await slack.as(bob.id).click(card, "review"), { ok: true });
      const review = await openView(slack, bob, "approve");
      assert.match(textOf(review.view), /All 3 pods are replaced/);
      assert.deepEqual(await slack.as(bob.id).submit(review.id, { code: { code: house.code("bob") } }), { ok: true });
      await viewSaying(slack, bob, "Your approval is recorded.");
      assert.equal((await house.request()).state, "granted");

      await worker.claim();
      await worker.intend();
      await worker.progress({ says: "2 of 3 pods replaced, 3 available" });
      await worker.finish("succeeded");
      await house.settled();

      const thread = messagesOf(slack, alice, incident).filter(({ ephemeralFor }) => !ephemeralFor);
      const told = thread.slice(1).map((message) => textOf(message.blocks).replaceAll("\n", ""));
      const order = [
        "asked for",
        "Planned on",
        "Can approve",
        "alice proved",
        "Approval 1 of 1",
        "Granted",
        "Started",
        "2 of 3",
        "Succeeded",
      ];
      assert.deepEqual(
        order.map((words) => told.findIndex((text) => text.includes(words))),
        order.map((_, i) => i),
      );
      assert.ok(thread.slice(1).every(({ threadTs }) => threadTs === thread[0]?.ts));
      const everything = JSON.stringify([...thread, ...messagesOf(slack, alice, approvals)]);
      assert.doesNotMatch(everything, /"type":"button"/);
      assert.equal(messagesOf(slack, alice, approvals).find(({ ts }) => ts === card.ts)?.ts, card.ts);
    });
  });
}
