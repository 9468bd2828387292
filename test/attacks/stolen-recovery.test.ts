import assert from "node:assert/strict";
import { onStage } from "../journeys/stage.ts";
import { approve, ask, click, finish, proveWith, reach, textOf } from "../lab/acting.ts";
import { alice, approvals, bob, incident } from "../lab/people.ts";
import { enrolPhone, recover } from "../lab/phone.ts";
import { until } from "../lab/slack/until.ts";
import { type RedisThief, redisThief } from "./redis-thief.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy";
const wrong = "Z".repeat(16);

describe("attack: a stolen recovery code", function () {
  this.timeout(60_000);
  const stage = onStage();
  let thief: RedisThief;
  before(() => {
    thief = redisThief(stage().lab);
  });
  after(() => thief.close());

  /** What the thief has in hand: another phone, enrolled as Alice with one of her codes. */
  const steal = async (code: string) => {
    const { lab } = stage();
    const opened = await recover(lab.pagesUrl, alice.sub, code);
    return enrolPhone(typeof opened === "string" ? assert.fail(opened) : opened.link);
  };
  const heard = (words: RegExp, where: (channel: string) => boolean) =>
    until(stage().lab.slack, () =>
      stage()
        .lab.slack.as(alice.id)
        .see()
        .messages.find((one) => where(one.channel) && words.test(textOf(one.blocks))),
    );

  it("is told to its owner and to the approvers' channel as it is used, and again when it enrolled something", async () => {
    const { lab } = stage();
    const { recoveryCodes } = await lab.enrol(alice.sub);
    await steal(recoveryCodes[0] ?? "");
    for (const words of [/A recovery code was used/, /enrolled with a recovery code/]) {
      assert.match(textOf(await heard(words, (channel) => channel.startsWith("D"))), /countersign enrol revoke alice@/);
      assert.match(textOf(await heard(words, (channel) => channel === approvals.id)), /alice@example\.com/);
    }
  });

  it("with Alice's Slack session as well, proves nothing before a quarter of an hour is over", async () => {
    const { lab, executions } = stage();
    const { recoveryCodes } = await lab.enrol(alice.sub);
    const phone = await steal(recoveryCodes[0] ?? "");
    const id = await ask(lab, alice, incident, restart);
    await reach(lab, id, "awaiting-challenge");
    const form = await proveWith(lab, alice, await phone.fresh(), id);
    assert.match(
      form.errors["code"] ?? "",
      /enrolled with a recovery code, and does not count yet\. It counts in 15 minutes/,
    );
    assert.equal(executions(), 0);
  });

  it("is no code in a form: it neither proves nor approves", async () => {
    const { lab } = stage();
    const { recoveryCodes } = await lab.enrol(alice.sub);
    const id = await ask(lab, alice, incident, restart);
    await reach(lab, id, "awaiting-challenge");
    await assert.rejects(proveWith(lab, alice, recoveryCodes[0] ?? "", id), /Slack says/);
    assert.equal((await reach(lab, id, "awaiting-challenge")).state, "awaiting-challenge");
  });

  it("ends with `enrol revoke`, with what was enrolled by it and the link it opened", async () => {
    const { lab } = stage();
    const { recoveryCodes } = await lab.enrol(alice.sub);
    const opened = await recover(lab.pagesUrl, alice.sub, recoveryCodes[0] ?? "");
    const phone = await steal(recoveryCodes[1] ?? "");
    const revoked = await lab.cli("enrol", "revoke", alice.sub);
    assert.equal(revoked.code, 0, revoked.stderr);
    await assert.rejects(enrolPhone(typeof opened === "string" ? opened : opened.link), /not valid any more/);
    assert.match(String(await recover(lab.pagesUrl, alice.sub, phone.recoveryCodes[0] ?? "")), /not right/);
    const id = await ask(lab, alice, incident, restart);
    await reach(lab, id, "awaiting-challenge");
    await click(lab, alice, "prove", id);
    await until(lab.slack, () => {
      const top = lab.slack.as(alice.id).see().views.at(-1);
      return top && /no way to prove presence/.test(textOf(top.view)) ? top : undefined;
    });
    assert.equal((await lab.cli("enrol", "revoke", alice.sub)).code, 1);
  });

  it("opens nothing once its owner enrolled anew, nor does a link that it opened before", async () => {
    const { lab } = stage();
    const { recoveryCodes } = await lab.enrol(alice.sub);
    const opened = await recover(lab.pagesUrl, alice.sub, recoveryCodes[0] ?? "");
    const phone = await lab.enrol(alice.sub);
    await assert.rejects(enrolPhone(typeof opened === "string" ? opened : opened.link), /not valid any more/);
    assert.match(String(await recover(lab.pagesUrl, alice.sub, recoveryCodes[1] ?? "")), /not right/);
    const id = await ask(lab, alice, incident, restart);
    await proveWith(lab, alice, await phone.fresh(), id);
    await reach(lab, id, "awaiting-approval");
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    assert.equal((await finish(lab, id)).state, "succeeded");
  });

  it("cannot be guessed by a stranger, who locks recovery and never the authenticator", async () => {
    const { lab } = stage();
    const phone = await lab.enrol(alice.sub);
    for (let i = 0; i < 12; i++) assert.match(String(await recover(lab.pagesUrl, alice.sub, wrong)), /not right/);
    assert.match(String(await recover(lab.pagesUrl, alice.sub, phone.recoveryCodes[0] ?? "")), /locked/);
    await heard(/Recovery is locked/, (channel) => channel === approvals.id);
    const id = await ask(lab, alice, incident, restart);
    await proveWith(lab, alice, await phone.fresh(), id);
    await reach(lab, id, "awaiting-approval");
  });

  it("cannot be written into Redis: neither one of another person nor one of the thief's own making", async () => {
    const { lab } = stage();
    const { recoveryCodes } = await lab.enrol(bob.sub);
    await lab.enrol(alice.sub);
    const { redis } = thief;
    await redis.sadd(`${lab.prefix}recovery:${alice.sub}`, await redis.smembers(`${lab.prefix}recovery:${bob.sub}`));
    await redis.sadd(`${lab.prefix}recovery:${alice.sub}`, wrong);
    assert.match(String(await recover(lab.pagesUrl, alice.sub, recoveryCodes[0] ?? "")), /not right/);
    assert.match(String(await recover(lab.pagesUrl, alice.sub, wrong)), /not right/);
  });
});
