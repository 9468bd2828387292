import assert from "node:assert/strict";
import { sampleRequest, sampleStep } from "../../contract/sample-request.ts";
import { signedProof } from "../../fakes/attestor.ts";
import { labPolicy } from "../../fakes/policy.ts";
import {
  alice,
  approvals,
  bob,
  carol,
  dave,
  type House,
  incident,
  messagesOf,
  messageWith,
  openHouse,
  openView,
  textOf,
  topView,
  viewSaying,
  whisperSaying,
} from "./house.ts";

const restart = (namespace: string) => `/k8s rollout restart deploy/api -n ${namespace} -- 5xx since the deploy`;
const code = (digits: string) => ({ code: { code: digits } });

describe("proving and approving", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse({ replicas: 2 });
  });
  afterEach(() => house.close());
  const as = (person: { id: string }) => house.slack.as(person.id);

  /** Asks, plans, and has alice prove presence. */
  async function toApprovers(namespace = "prod"): Promise<{ readonly channel: string; readonly ts: string }> {
    await as(alice).command(incident.id, restart(namespace));
    await house.worker.plan();
    const root = await messageWith(house.slack, incident, "prove");
    await as(alice).click(root, "prove");
    const form = await openView(house.slack, alice, "prove");
    assert.deepEqual(await as(alice).submit(form.id, code(house.code("alice"))), { ok: true });
    await viewSaying(house.slack, alice, "Your presence is proved.");
    return messageWith(house.slack, approvals, "review");
  }

  async function reviewed(person: typeof bob, card: { channel: string; ts: string }) {
    await as(person).click(card, "review");
    return openView(house.slack, person, "approve");
  }

  it("lets a person try again in the same form after a wrong code", async () => {
    await as(alice).command(incident.id, restart("prod"));
    await house.worker.plan();
    const root = await messageWith(house.slack, incident, "prove");
    await as(alice).click(root, "prove");
    const form = await openView(house.slack, alice, "prove");
    await as(alice).submit(form.id, code("000000"));
    assert.deepEqual(topView(house.slack, alice)?.errors, {
      code: "This code is not right. You can try 4 more times.",
    });
    await as(alice).submit(form.id, code("12 34 5"));
    assert.match(topView(house.slack, alice)?.errors["code"] ?? "", /six digits/);
    const right = house.code("alice");
    await as(alice).submit(form.id, code(`${right.slice(0, 3)} ${right.slice(3)}`));
    await viewSaying(house.slack, alice, "Your presence is proved.");
    assert.equal((await house.request()).state, "awaiting-approval");
  });

  it("tells somebody else than the requester that the code is not theirs to give", async () => {
    await as(alice).command(incident.id, restart("prod"));
    await house.worker.plan();
    const root = await messageWith(house.slack, incident, "prove");
    await as(bob).click(root, "prove");
    await viewSaying(house.slack, bob, "Only the person who asked");
    assert.equal(topView(house.slack, bob)?.view.submit, undefined);
  });

  it("says where a request stands when its code was given already", async () => {
    await as(alice).command(incident.id, restart("prod"));
    await house.worker.plan();
    const root = await messageWith(house.slack, incident, "prove");
    await as(alice).click(root, "prove");
    const form = await openView(house.slack, alice, "prove");
    // Slack takes no edit for a while, so the button outlives its state.
    house.slack.faults.fail("chat.update", 500, 50);
    await as(alice).submit(form.id, code(house.code("alice")));
    const done = await viewSaying(house.slack, alice, "Your presence is proved.");
    await as(alice).close(done.id);
    await as(alice).click(root, "prove");
    const view = await viewSaying(house.slack, alice, "no proof is asked for now.");
    assert.match(textOf(view.view), /Waiting for approval: 0 of 1 given\./);
  });

  it("shows the requester their own plan without a way to approve it, and says why", async () => {
    const card = await toApprovers();
    await as(alice).click(card, "review");
    const view = await viewSaying(house.slack, alice, "Nobody approves their own request.");
    assert.equal(view.view.submit, undefined);
    assert.match(textOf(view.view.blocks[0]), /Nobody approves their own request\./);
    assert.match(textOf(view.view.blocks.slice(1)), /Deployment prod\/api/);
  });

  it("tells one who is not linked what to do, and shows no plan", async () => {
    const card = await toApprovers();
    await as(dave).click(card, "review");
    const view = await viewSaying(house.slack, dave, "not linked");
    assert.ok(!textOf(view.view).includes("0b7a5a1e"));
  });

  it("refuses and records an approval that was forged past the form", async () => {
    const card = await toApprovers();
    const form = await reviewed(bob, card);
    await as(bob).submit(form.id, code("000000"));
    const forged = house.slack.deliveries.findLast(({ payload }) => payload["type"] === "view_submission");
    assert.ok(forged);
    await house.slack.deliver(forged, (payload) => {
      payload["user"] = { id: alice.id, name: "bob", username: "bob", team_id: "T0LAB" };
      payload["trigger_id"] = "forged.1";
    });
    const refused = house.records.trail.events.filter(({ kind }) => kind === "approval.refused");
    assert.deepEqual(refused, [
      { kind: "approval.refused", request: (await house.request()).id, subject: "alice", code: "own-request" },
    ]);
    assert.equal((await house.request()).state, "awaiting-approval");
  });

  it("takes one of two last approvals, and shows the other what came first", async () => {
    const card = await toApprovers();
    const [bobs, carols] = [await reviewed(bob, card), await reviewed(carol, card)];
    await Promise.all([
      as(bob).submit(bobs.id, code(house.code("bob"))),
      as(carol).submit(carols.id, code(house.code("carol"))),
    ]);
    const told = [topView(house.slack, bob), topView(house.slack, carol)].map((view) => textOf(view?.view));
    assert.equal(told.filter((text) => text.includes("Your approval is recorded.")).length, 1);
    assert.equal(told.filter((text) => text.includes("there is nothing to approve now")).length, 1);
    const request = await house.request();
    assert.ok(request.state === "granted" && request.approvals.length === 1);
  });

  it("counts one person once, and waits for the second", async () => {
    const card = await toApprovers("payments");
    const first = await reviewed(bob, card);
    await as(bob).submit(first.id, code(house.code("bob")));
    await viewSaying(house.slack, bob, "Waiting for approval: 1 of 2 given.");
    await as(bob).click(card, "review");
    await viewSaying(house.slack, bob, "You have approved this already");
    const second = await reviewed(carol, card);
    await as(carol).submit(second.id, code(house.code("carol")));
    await viewSaying(house.slack, carol, "Granted; a worker takes it up.");
    assert.equal((await house.request()).state, "granted");
  });

  it("says what came of the last yes, not how it stood before it", async () => {
    const card = await toApprovers();
    const form = await reviewed(bob, card);
    await as(bob).submit(form.id, code(house.code("bob")));
    const done = await viewSaying(house.slack, bob, "Your approval is recorded.");
    assert.match(textOf(done.view), /Granted; a worker takes it up\./);
    assert.doesNotMatch(textOf(done.view), /Waiting for approval/);
  });

  it("tells an approver whose yes met a stricter policy that it does not count, and why", async () => {
    const card = await toApprovers();
    const form = await reviewed(bob, card);
    const freeze = { name: "freeze", operations: ["@change"] as const, tier: "forbidden" };
    house.policy.replace({ ...labPolicy, raise: [freeze] });
    await as(bob).submit(form.id, code(house.code("bob")));
    const done = await viewSaying(house.slack, bob, "Your approval does not count.");
    assert.match(textOf(done.view), /Denied by .*not from chat/);
    assert.equal((await house.request()).state, "denied");
  });

  it("asks for the code in the same form when a proof was fresh as it opened and is not any more", async () => {
    const card = await toApprovers("payments");
    await rememberProof(house, "bob");
    await as(bob).click(card, "review");
    const form = await openView(house.slack, bob, "approve");
    assert.ok(!JSON.stringify(form.view).includes('"block_id":"code"'));
    house.clock.pass(300_001);
    await as(bob).submit(form.id, {});
    const again = await viewSaying(house.slack, bob, "To approve: the code of your authenticator");
    await as(bob).submit(again.id, code(house.code("bob")));
    await viewSaying(house.slack, bob, "Waiting for approval: 1 of 2 given.");
  });

  it("records a no with its reason, and takes the buttons away", async () => {
    const card = await toApprovers();
    const form = await reviewed(bob, card);
    await as(bob).click({ view: form.id }, "deny");
    const denial = await openView(house.slack, bob, "deny");
    await as(bob).submit(denial.id, { why: { why: "not during\nthe \u202efreeze <!channel>" } });
    await viewSaying(house.slack, bob, "Your denial is recorded.");
    await house.settled();
    const request = await house.request();
    assert.ok(request.state === "denied" && request.ended.why === "not during the freeze <!channel>");
    const shown = JSON.stringify(messagesOf(house.slack, alice, approvals));
    assert.doesNotMatch(shown, /"type":"button"|"broadcast"|<!channel>"}?,"type":"mrkdwn"/);
    assert.ok(textOf(messagesOf(house.slack, alice, approvals).map(({ blocks }) => blocks)).includes("Denied by bob"));
  });

  it("takes no secret for a reason", async () => {
    const card = await toApprovers();
    const form = await reviewed(bob, card);
    await as(bob).click({ view: form.id }, "deny");
    const denial = await openView(house.slack, bob, "deny");
    const secret = ["ghp", "abcdefghijklmnopqrstuvwxyz0123"].join("_");
    await as(bob).submit(denial.id, { why: { why: `use ${secret}` } });
    assert.match(topView(house.slack, bob)?.errors["why"] ?? "", /GitHub token/);
    assert.equal((await house.request()).state, "awaiting-approval");
  });

  it("cancels at the requester's click, and tells anybody else that they cannot", async () => {
    await toApprovers();
    const root = await messageWith(house.slack, incident, "cancel");
    await as(carol).click(root, "cancel");
    await whisperSaying(house.slack, carol, "Only the person who asked can cancel.");
    await as(alice).click(root, "cancel");
    await whisperSaying(house.slack, alice, "is cancelled.");
    assert.equal((await house.request()).state, "cancelled");
  });

  it("shows a decided request without a way to decide it again", async () => {
    const card = await toApprovers();
    const stale = house.slack.deliveries.length;
    await as(bob).click(card, "review");
    const form = await openView(house.slack, bob, "approve");
    await as(bob).submit(form.id, code(house.code("bob")));
    await viewSaying(house.slack, bob, "Your approval is recorded.");
    const click = house.slack.deliveries[stale];
    assert.ok(click);
    // Carol's client still shows the button.
    await house.slack.deliver(click, (payload) => {
      payload["user"] = { id: carol.id, name: "carol", username: "carol", team_id: "T0LAB" };
      payload["trigger_id"] = "stale.1";
    });
    await whisperSaying(house.slack, carol, "Slack did not show the form in time.");
    assert.equal((await house.request()).state, "granted");
  });
});

/** A proof this person gave just now, for a request of somebody else's workspace. */
async function rememberProof({ records, clock }: House, subject: string): Promise<void> {
  const at = clock.now();
  const remember = signedProof({
    authenticator: "totp",
    subject,
    digest: "e".repeat(64),
    at,
    request: "r-elsewhere",
  });
  await records.store.keep(sampleStep("elsewhere", sampleRequest("r-elsewhere", { requester: "erin" }), { remember }));
}
