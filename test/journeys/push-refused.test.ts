import assert from "node:assert/strict";
import { approve, ask, finish, reach, textOf } from "../lab/acting.ts";
import { weakerAcr } from "../lab/idp/contexts.ts";
import { alice, approvals, bob, incident } from "../lab/people.ts";
import { phone, sendPush, typeCode } from "../lab/pushing.ts";
import { until } from "../lab/slack/until.ts";
import { onStage } from "./stage.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy";
const wrong = (code: string) => (code === "000000" ? "000001" : "000000");

describe("a push that does not count, through the real processes", function () {
  this.timeout(40_000);
  const stage = onStage({ provider: "ciba", webs: 2 });
  const codeOf = ({ text }: { readonly text: string }) => text.slice(0, 6);
  let id = "";

  it("is refused where the provider's word is weaker than what was asked for, and says what it takes", async () => {
    const { lab } = stage();
    id = await ask(lab, alice, incident, restart);
    const { form, push } = await sendPush(lab, alice, id, "prove");
    await lab.idp?.approve(push.id, { acr: weakerAcr });
    const after = await typeCode(lab, alice, form, codeOf(push));
    assert.match(textOf(after.view), /shows no presence of yours: .*acr urn:lab:acr:password.*Begin a new step-up/);
    assert.equal((await lab.store.read(id))?.request.state, "awaiting-challenge");
  });

  it("is refused where somebody else's account answered it", async () => {
    const { lab } = stage();
    const { form, push } = await sendPush(lab, alice, id, "prove");
    await lab.idp?.approve(push.id, { as: bob.sub });
    const after = await typeCode(lab, alice, form, codeOf(push));
    assert.match(textOf(after.view), /somebody else answered the push/);
    assert.equal((await lab.store.read(id))?.request.state, "awaiting-challenge");
  });

  it("proves nothing by the yes alone, whatever code is typed but its own", async () => {
    const { lab } = stage();
    const { form, push } = await sendPush(lab, alice, id, "prove");
    await lab.idp?.approve(push.id);
    const after = await typeCode(lab, alice, form, wrong(codeOf(push)));
    assert.match(after.errors["code"] ?? "", /This code is not right\. You can try 4 more times\./);
    assert.equal((await lab.store.read(id))?.request.state, "awaiting-challenge");
    const done = await typeCode(lab, alice, form, codeOf(push));
    assert.match(textOf(done.view), /Your presence is proved/);
    await reach(lab, id, "awaiting-approval");
  });

  it("is over for its approver after three wrong codes, who may approve in another way", async () => {
    const { lab } = stage();
    const { form, push } = await sendPush(lab, bob, id, "approve");
    await lab.idp?.approve(push.id);
    for (const _ of [1, 2]) await typeCode(lab, bob, form, wrong(codeOf(push)));
    const third = await typeCode(lab, bob, form, wrong(codeOf(push)));
    assert.match(third.errors["code"] ?? "", /locked after too many wrong codes\. It opens again in 1[56] minutes\./);
    const right = await typeCode(lab, bob, form, codeOf(push));
    assert.match(right.errors["code"] ?? "", /locked/);
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    assert.equal((await finish(lab, id)).state, "succeeded");
  });

  it("is disowned by a click in the message that told of it: the request ends, and the security channel is told", async () => {
    const { lab } = stage();
    const stolen = await ask(lab, alice, incident, restart);
    const { form, push } = await sendPush(lab, alice, stolen, "prove");
    const hands = lab.slack.as(alice.id);
    const notice = await until(lab.slack, () =>
      hands.see().messages.find((one) => JSON.stringify(one).includes("not-me") && textOf(one.blocks).includes(stolen)),
    );
    assert.match(textOf(notice.blocks), /A push was sent to your device for +rollout restart deploy\/api -n prod/);
    await hands.click({ channel: notice.channel, ts: notice.ts }, "not-me");
    const request = await finish(lab, stolen);
    assert.deepEqual(["ended" in request && request.ended.by, request.state], [alice.sub, "cancelled"]);
    const alarm = await until(lab.slack, () =>
      lab.slack
        .as(bob.id)
        .see()
        .messages.find(
          (one) => one.channel === approvals.id && textOf(one.blocks).includes("was not asked for by them"),
        ),
    );
    assert.match(textOf(alarm.blocks), /alice@example\.com +says that a push[\s\S]*The request is cancelled\./);
    const kinds: string[] = [];
    for await (const { body } of lab.trail.entries())
      kinds.push((JSON.parse(body) as { event: { kind: string } }).event.kind);
    assert.ok(kinds.includes("push.disowned"));
    await lab.idp?.approve(push.id);
    const after = await typeCode(lab, alice, form, codeOf(push));
    assert.match(textOf(after), /is cancelled; no proof is asked for now/);
    assert.equal(phone(lab, alice).length, 4);
  });
});
