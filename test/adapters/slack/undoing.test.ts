import assert from "node:assert/strict";
import { typed } from "../../fakes/authenticator.ts";
import {
  alice,
  approvals,
  bob,
  carol,
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

describe("undoing what succeeded, in Slack", () => {
  let house: House;
  let id: string;
  beforeEach(async () => {
    house = await openHouse({ replicas: 2 });
    await as(alice).command(incident.id, "/k8s scale deploy/api --replicas=5 -n staging -- sale");
    await house.worker.plan({ changes: [{ field: "spec.replicas", from: "3", to: "5" }] });
    const { lifecycle, directory } = house.ports;
    id = (await house.request()).id;
    const known = await directory.subject("alice");
    assert.ok(known);
    await lifecycle.prove(id, known, typed(house.code("alice")));
    await house.worker.claim();
    await house.worker.intend();
    await house.worker.finish("succeeded");
  });
  afterEach(() => house.close());
  const as = (person: { id: string }) => house.slack.as(person.id);
  const button = () => messageWith(house.slack, incident, "undo");
  const requestsOf = (subject: string) => house.records.store.of(subject, 10);

  it("opens a form that shows the way back and a reason, and asks for nothing by itself", async () => {
    await as(bob).click(await button(), "undo");
    const form = await openView(house.slack, bob, "undo");
    assert.match(textOf(form.view), /Scale api to 3 in staging, cluster demo/);
    assert.match(textOf(form.view), /scale deploy\/api --replicas=3 -n staging -c demo/);
    assert.ok(JSON.stringify(form.view).includes(`"initial_value":"undo of ${id}"`));
    assert.deepEqual(await requestsOf("bob"), []);
  });

  it("asks for it once it is submitted, tells so in both threads, and takes the button away", async () => {
    await as(bob).click(await button(), "undo");
    const form = await openView(house.slack, bob, "undo");
    await as(bob).submit(form.id, { why: { why: `undo of ${id}` } });
    const done = await viewSaying(house.slack, bob, "Asked for as ");
    const [back = ""] = await requestsOf("bob");
    assert.ok(textOf(done.view).includes(back));
    await house.settled();
    const shown = messagesOf(house.slack, alice, incident);
    assert.doesNotMatch(JSON.stringify(shown), /"action_id":"undo"/);
    assert.match(textOf(shown), new RegExp(`bob asked to undo it: request \\s*${back}`));
    assert.match(textOf(shown), new RegExp(`Reason: \\s*undo of ${id}`));
    const stored = await house.ports.store.read(back);
    assert.deepEqual(stored?.request.origin, { team: "T0LAB", channel: incident.id, user: bob.id });
  });

  it("takes a second form that was open for an answer, not for a second request", async () => {
    const message = await button();
    for (const person of [alice, bob]) await as(person).click(message, "undo");
    const [hers, his] = [await openView(house.slack, alice, "undo"), await openView(house.slack, bob, "undo")];
    await as(alice).submit(hers.id, { why: { why: "too many" } });
    await viewSaying(house.slack, alice, "Asked for as ");
    await as(bob).submit(his.id, { why: { why: "too many" } });
    await viewSaying(house.slack, bob, "This cannot be undone by a button, or not any more.");
    assert.deepEqual([(await requestsOf("alice")).length, (await requestsOf("bob")).length], [2, 0]);
  });

  it("tells one whom the policy does not permit which rule says so, alone, and records it", async () => {
    await as(carol).click(await button(), "undo");
    await whisperSaying(house.slack, carol, "No rule permits carol to ask for scale.");
    assert.equal(topView(house.slack, carol), undefined);
    const refused = house.records.trail.events.at(-1);
    assert.ok(refused?.kind === "request.refused" && refused.subject === "carol" && refused.code === "not-permitted");
  });

  it("takes no secret for a reason, nor none at all", async () => {
    await as(bob).click(await button(), "undo");
    const form = await openView(house.slack, bob, "undo");
    const secret = ["ghp", "abcdefghijklmnopqrstuvwxyz0123"].join("_");
    await as(bob).submit(form.id, { why: { why: secret } });
    assert.match(topView(house.slack, bob)?.errors["why"] ?? "", /GitHub token/);
    await as(bob).submit(form.id, { why: { why: "\u200b \u200b \u200b" } });
    assert.match(topView(house.slack, bob)?.errors["why"] ?? "", /needs a reason/);
    assert.deepEqual(await requestsOf("bob"), []);
  });

  it("stands on the message of the thread, not on a card", async () => {
    await house.settled();
    assert.ok(!JSON.stringify(messagesOf(house.slack, alice, approvals)).includes('"action_id":"undo"'));
  });

  it("attack: a form forged in the name of one whom the policy does not permit asks for nothing", async () => {
    await as(bob).click(await button(), "undo");
    const form = await openView(house.slack, bob, "undo");
    await as(bob).submit(form.id, { why: { why: "\u200b \u200b \u200b" } });
    const forged = house.slack.deliveries.findLast(({ payload }) => payload["type"] === "view_submission");
    assert.ok(forged);
    await house.slack.deliver(forged, (payload) => {
      payload["user"] = { id: carol.id, name: "x", username: "x", team_id: "T0LAB" };
      payload["trigger_id"] = "forged.1";
      const values = { why: { why: { type: "plain_text_input", value: "undo" } } };
      (payload["view"] as Record<string, unknown>)["state"] = { values };
    });
    assert.deepEqual([await requestsOf("carol"), await requestsOf("bob")], [[], []]);
  });
});
