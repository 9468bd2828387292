import assert from "node:assert/strict";
import { ask, finish, prove, reach, submit, textOf, told } from "../lab/acting.ts";

import { alice, bob, incident } from "../lab/people.ts";
import { byPush, phone, sendPush, typeCode } from "../lab/pushing.ts";
import { until } from "../lab/slack/until.ts";
import { onStage } from "./stage.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy";
const scale = "/k8s scale deploy/api -n prod --replicas 4 -- more load";

describe("a push through the identity provider", function () {
  this.timeout(40_000);

  describe("and the real processes", () => {
    const stage = onStage({ provider: "ciba", webs: 2 });

    it("proves, approves and runs a restart, and the worker checks the tokens again", async () => {
      const { lab, executions } = stage();
      const id = await ask(lab, alice, incident, restart);
      const done = await byPush(lab, alice, id, "prove");
      assert.match(textOf(done.view), /Your presence is proved/);
      const [push] = phone(lab, alice);
      assert.match(push?.text ?? "", /^\d{6} to run: rollout restart deploy\/api -n prod/);
      await reach(lab, id, "awaiting-approval");
      await byPush(lab, bob, id, "approve");
      assert.match(phone(lab, bob)[0]?.text ?? "", /^\d{6} to approve: rollout restart/);
      const request = await finish(lab, id);
      assert.equal(request.state, "succeeded");
      assert.equal(executions(), 1);
      assert.ok("approvals" in request && request.approvals?.[0]);
      assert.deepEqual(
        [request.proof, request.approvals[0].proof].map((proof) => [proof?.authenticator, proof?.evidence?.kind]),
        [
          ["push", "id-token"],
          ["push", "id-token"],
        ],
      );
      await told(lab, alice, incident, id);
    });

    it("waits under the field of a code that is typed before the phone has answered, and takes it after", async () => {
      const { lab } = stage();
      const id = await ask(lab, alice, incident, restart);
      const { form, push } = await sendPush(lab, alice, id, "prove");
      const early = await submit(lab, alice, form, { code: push.text.slice(0, 6) });
      assert.match(early.errors["code"] ?? "", /Your device has not answered yet/);
      await lab.idp?.approve(push.id);
      const done = await typeCode(lab, alice, early, push.text.slice(0, 6));
      assert.match(textOf(done.view), /Your presence is proved/);
    });

    it("leaves no code, handle or token where it must not be", async () => {
      const { lab } = stage();
      const [mine] = phone(lab, alice);
      assert.ok(mine);
      const seen = JSON.stringify([...lab.lines(), lab.slack.as(alice.id).see(), lab.slack.as(bob.id).see()]);
      for (const secret of [mine.id, lab.idp?.clientSecret ?? "none"]) assert.ok(!seen.includes(secret), secret);
      const entries: string[] = [];
      for await (const { body } of lab.trail.entries()) entries.push(body);
      for (const secret of [mine.id, mine.text.slice(0, 6)]) assert.ok(!entries.join("\n").includes(secret), secret);
      // A JWT: a header and a payload. The links of passkeys in forms have a payload alone.
      assert.doesNotMatch([seen, ...entries].join("\n"), /eyJ[\w-]+\.eyJ/);
    });

    it("ends the request when its requester says no on the phone, without anybody typing, and says so", async () => {
      const { lab } = stage();
      const id = await ask(lab, alice, incident, scale);
      const { push } = await sendPush(lab, alice, id, "prove");
      await lab.idp?.deny(push.id);
      const request = await finish(lab, id);
      assert.ok("ended" in request);
      assert.deepEqual(
        [request.state, request.ended.by, request.ended.why],
        ["denied", alice.sub, "declined on the phone"],
      );
      const thread = await until(lab.slack, () =>
        lab.slack
          .as(alice.id)
          .see()
          .messages.find((one) => one.threadTs && textOf(one.blocks).includes("declined on the phone")),
      );
      assert.equal(thread.channel, incident.id);
    });

    it("is then not sent again for a while, with when it will be; another way still counts", async () => {
      const { lab } = stage();
      const id = await ask(lab, alice, incident, scale);
      const before = phone(lab, alice).length;
      await assert.rejects(
        Promise.race([sendPush(lab, alice, id, "prove"), refusedIn(lab, /none is sent for 15 minutes.*in 15 minutes/)]),
        /refused in words/,
      );
      assert.equal(phone(lab, alice).length, before);
      await prove(lab, alice, await lab.enrol(alice.sub), id);
      assert.notEqual((await lab.store.read(id))?.request.state, "awaiting-challenge");
    });
  });

  async function refusedIn(lab: ReturnType<ReturnType<typeof onStage>>["lab"], words: RegExp): Promise<never> {
    await until(lab.slack, () =>
      lab.slack
        .as(alice.id)
        .see()
        .views.find((one) => words.test(textOf(one.view))),
    );
    throw new Error("refused in words");
  }
});
