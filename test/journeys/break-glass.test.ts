import assert from "node:assert/strict";
import { redisThief } from "../attacks/redis-thief.ts";
import { softPasskey } from "../fakes/passkey.ts";
import { ask, clickAndHear, finish, pageFor, reach, textOf, type } from "../lab/acting.ts";
import { glassPolicy, listPasskeys, signOnPage } from "../lab/passkeys.ts";
import { alice, approvals, bob, carol, incident } from "../lab/people.ts";
import { until } from "../lab/slack/until.ts";
import { onStage } from "./stage.ts";

const line = "rollout restart deploy/api -n prod -- 5xx since the deploy";
const broken = `/k8s --break-glass ${line}`;

describe("breaking the glass through the real processes", function () {
  this.timeout(90_000);
  const stage = onStage({ policy: glassPolicy("3s"), webs: 2 });
  const [hers, carols] = [softPasskey(), softPasskey()];
  const seen = (words: RegExp, channel = approvals.id) =>
    until(stage().lab.slack, () =>
      stage()
        .lab.slack.as(carol.id)
        .see()
        .messages.find((one) => one.channel === channel && words.test(textOf(one.blocks))),
    );
  let first = "";

  before("alice and carol have passkeys", () =>
    listPasskeys(
      stage().lab,
      new Map([
        [alice, [hers]],
        [carol, [carols]],
      ]),
    ),
  );

  it("runs at one bound proof, is told loudly, and owes a review that is told again when it is due", async () => {
    const { lab, executions } = stage();
    const usual = textOf(await type(lab, alice, incident, `/k8s why --break-glass ${line.split(" -- ")[0]}`));
    assert.match(usual, /Tier glass, by: on-call operates, production, on-call breaks it\./);
    assert.match(usual, /It takes nobody's approval before\..*It takes a review within 3 seconds of the grant/s);
    first = await ask(lab, alice, incident, broken);
    await reach(lab, first, "awaiting-challenge");
    assert.equal(executions(), 0);
    await seen(/BREAK-GLASS: Restart api in prod.*tier glass, asked for by alice.*--break-glass.*Nobody approves it/s);
    const proved = await signOnPage(lab, hers, await pageFor(lab, alice, "prove", first));
    assert.match(
      proved.shown,
      /"Break-glass","nobody approves it before; somebody of security reviews it within 3 sec/,
    );
    assert.match(proved.says, /^Your presence is proved\./);
    assert.equal((await finish(lab, first)).state, "succeeded");
    assert.equal(executions(), 1);
    await seen(/Review overdue: Restart api in prod.*for which alice@example\.com broke the glass/s);
    assert.match(
      textOf(await type(lab, bob, incident, "/k8s reviews")),
      new RegExp(`${first}.*alice@example\\.com`, "s"),
    );
  });

  it("refuses the next until somebody else has closed the review; neither the requester nor a stranger can", async () => {
    const { lab, executions } = stage();
    assert.match(
      textOf(await type(lab, alice, incident, broken)),
      new RegExp(`glass for .${first}., and its review is`),
    );
    assert.match(textOf(await type(lab, bob, incident, broken)), /No rule permits bob/);
    assert.match(textOf(await clickAndHear(lab, alice, "reviewed", first)), /Nobody reviews their own request/);
    assert.match(textOf(await clickAndHear(lab, bob, "reviewed", first)), /none of the groups that may review this/);
    assert.equal(executions(), 1);
  });

  it("attack: a thief of Redis strikes the debt off the list and writes a review: it is owed all the same", async () => {
    const { lab } = stage();
    const thief = redisThief(lab);
    try {
      // Every web process has seen it by its second round.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      await thief.redis.zrem(`${lab.prefix}of:${alice.sub}`, first);
      await thief.redis.hdel(`${lab.prefix}reviews`, first);
      await seen(/An open review of alice@example\.com was removed from the records/);
      assert.match(textOf(await type(lab, alice, incident, broken)), new RegExp(`glass for .${first}`));
      await thief.edit(first, (record) => {
        const review = record["review"] as Record<string, unknown>;
        const proof = { authenticator: "passkey", subject: carol.sub, digest: "0".repeat(64), at: 1, request: first };
        const word = { subject: carol.sub, at: 1, why: "fine", proof: { ...proof, signature: "s" }, signature: "s" };
        record["review"] = { ...review, closed: word };
      });
      assert.match(textOf(await type(lab, alice, incident, broken)), new RegExp(`glass for .${first}`));
      await thief.edit(first, (record) => {
        const { closed: _, ...review } = record["review"] as Record<string, unknown>;
        record["review"] = review;
      });
    } finally {
      thief.close();
    }
  });

  it("is closed by a reviewer's passkey on our page, which shows what came of it; then the glass can be broken again", async () => {
    const { lab } = stage();
    const url = await pageFor(lab, carol, "reviewed", first);
    const { shown, says } = await signOnPage(lab, carols, url, "the pods were stuck, and it helped");
    assert.match(shown, /"What came of it","succeeded: /);
    assert.equal(says, "The review is closed. The request is succeeded.");
    await seen(/Reviewed\s+by carol@example\.com.*the pods were stuck, and it helped/s);
    await seen(/Reviewed by carol@example\.com\s+with a passkey/, incident.id);
    assert.match(textOf(await type(lab, bob, incident, "/k8s reviews")), /No review is open/);
    const again = await ask(lab, alice, incident, broken);
    await reach(lab, again, "awaiting-challenge");
    const { code, stdout } = await lab.cli("audit", "verify");
    assert.equal(code, 0, stdout);
    const kinds: string[] = [];
    for await (const { body } of lab.trail.entries()) kinds.push(JSON.parse(body).event.kind);
    const reviews = kinds.filter((kind) => kind.startsWith("review."));
    assert.deepEqual(
      [...new Set(reviews)],
      ["review.overdue", "review.refused", "review.restored", "review.begun", "review.closed"],
    );
  });
});
