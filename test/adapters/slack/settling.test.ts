import assert from "node:assert/strict";
import { typed } from "../../fakes/authenticator.ts";
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

const filled = (why: string, digits: string) => ({ why: { why }, code: { code: digits } });

describe("settling what nobody knows, in Slack", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse({ replicas: 2 });
    await as(alice).command(incident.id, "/k8s rollout restart deploy/api -n prod -- 5xx since the deploy");
    await house.worker.plan();
    const { id } = await house.request();
    const { lifecycle, directory } = house.ports;
    for (const [subject, step] of [
      ["alice", 1],
      ["bob", 1],
    ] as const) {
      const known = await directory.subject(subject);
      assert.ok(known);
      const code = typed(house.code(subject, step));
      await (subject === "alice" ? lifecycle.prove(id, known, code) : lifecycle.approve(id, known, code));
    }
    await house.worker.claim();
    await house.worker.intend();
    await house.worker.finish("unknown", { says: "The cluster did not say whether it was done." });
  });
  afterEach(() => house.close());
  const as = (person: { id: string }) => house.slack.as(person.id);
  const trail = () => house.records.trail.events;

  it("shows what is known and the three buttons, in the thread and on the card, and takes them away once it is said", async () => {
    await house.settled();
    for (const channel of [incident, approvals])
      for (const action of ["ran", "did-not-run", "look-again"]) await messageWith(house.slack, channel, action);
    await as(carol).click(await messageWith(house.slack, approvals, "did-not-run"), "did-not-run");
    const form = await openView(house.slack, carol, "did-not-run");
    assert.match(textOf(form.view), /Unknown, a person must look: The cluster did not say whether it was done\./);
    await as(carol).submit(form.id, filled("no pod is\nnew", house.code("carol")));
    await viewSaying(house.slack, carol, "What you said is recorded.");
    await house.settled();
    const request = await house.request();
    assert.ok(request.state === "settled" && request.settlement.why === "no pod is new");
    const shown = [incident, approvals].flatMap((channel) => messagesOf(house.slack, alice, channel));
    assert.doesNotMatch(JSON.stringify(shown), /"type":"button"/);
    assert.match(textOf(shown), /Settled by a person: carol says that it did not run\./);
    const { id } = request;
    assert.deepEqual(
      trail()
        .slice(-2)
        .map(({ kind }) => kind),
      ["settlement.begun", "settlement.given"],
    );
    assert.deepEqual(trail().at(-2), { kind: "settlement.begun", request: id, subject: "carol", as: "did-not-run" });
  });

  it("opens no form for the requester or one who may not approve, and tells them alone which rule says so", async () => {
    house.directory.put({ sub: "carol", groups: ["engineering"], slack: ["T0LAB/U3"] });
    const root = await messageWith(house.slack, incident, "ran");
    await as(alice).click(root, "ran");
    await whisperSaying(
      house.slack,
      alice,
      "Nobody settles what became of their own request. It takes somebody of sre.",
    );
    await as(carol).click(root, "did-not-run");
    await whisperSaying(house.slack, carol, "You are in none of the groups that may settle this.");
    await as(dave).click(root, "look-again");
    await whisperSaying(house.slack, dave, "not linked");
    for (const person of [alice, carol, dave]) assert.equal(topView(house.slack, person), undefined);
    const { id } = await house.request();
    assert.deepEqual(trail().slice(-2), [
      { kind: "settlement.refused", request: id, subject: "alice", code: "own-request" },
      { kind: "settlement.refused", request: id, subject: "carol", code: "not-an-approver" },
    ]);
  });

  it("asks for a look at a click, says so in the thread, and shows what was seen", async () => {
    const root = await messageWith(house.slack, incident, "look-again");
    await as(alice).click(root, "look-again");
    await whisperSaying(house.slack, alice, "A worker looks again");
    // Another client still shows the button.
    await as(bob).click(root, "look-again");
    await whisperSaying(house.slack, bob, "It is being looked at already.");
    await house.settled();
    const shown = () => messagesOf(house.slack, alice, incident);
    assert.doesNotMatch(JSON.stringify(shown()), /"action_id":"look-again"/);
    await house.worker.event({ type: "looked", look: 0, as: "succeeded", says: "done, as was seen" });
    await house.settled();
    assert.match(textOf(shown()), /alice asked a worker to look again/);
    assert.match(textOf(shown()), /Looked again: \s*done, as was seen/);
    assert.match(textOf(shown()), /Succeeded: done, as was seen\./);
    assert.doesNotMatch(JSON.stringify(shown()), /"type":"button"/);
    assert.equal(trail().filter(({ kind }) => kind === "look.asked").length, 1);
    const { id } = await house.request();
    const inVain = { kind: "settlement.refused", request: id, subject: "bob", code: "not-in-this-state" };
    assert.deepEqual(
      trail().find(({ kind }) => kind === "settlement.refused"),
      inVain,
    );
  });

  it("lets a person try again after a wrong code, and takes no secret for a reason", async () => {
    await as(carol).click(await messageWith(house.slack, incident, "ran"), "ran");
    const form = await openView(house.slack, carol, "ran");
    await as(carol).submit(form.id, filled("seen", "000000"));
    assert.match(topView(house.slack, carol)?.errors["code"] ?? "", /not right\. You can try 4 more times/);
    const secret = ["ghp", "abcdefghijklmnopqrstuvwxyz0123"].join("_");
    await as(carol).submit(form.id, filled(`token ${secret}`, house.code("carol")));
    assert.match(topView(house.slack, carol)?.errors["why"] ?? "", /GitHub token/);
    assert.equal((await house.request()).state, "unknown");
    await as(carol).submit(form.id, filled("seen", house.code("carol")));
    await viewSaying(house.slack, carol, "What you said is recorded.");
  });

  it("asks for the code in the same form when a proof was fresh as it opened and is not any more", async () => {
    const tiers = labPolicy.tiers.map((tier) =>
      tier.name === "privileged"
        ? { ...tier, requirements: { approvals: { count: 1, from: ["sre"], stepUp: { within: 300_000 } } } }
        : tier,
    );
    house.policy.replace({ ...labPolicy, tiers });
    await as(bob).click(await messageWith(house.slack, incident, "ran"), "ran");
    const form = await openView(house.slack, bob, "ran");
    assert.ok(!JSON.stringify(form.view).includes('"block_id":"code"'));
    house.clock.pass(300_001);
    await as(bob).submit(form.id, { why: { why: "seen" } });
    const again = await viewSaying(house.slack, bob, "The code of your authenticator");
    await as(bob).submit(again.id, filled("seen", house.code("bob", 2)));
    await viewSaying(house.slack, bob, "What you said is recorded.");
  });

  it("attack: a form forged as the requester's, or sent by a stolen session without a code, says nothing", async () => {
    await as(carol).click(await messageWith(house.slack, incident, "ran"), "ran");
    const form = await openView(house.slack, carol, "ran");
    await as(carol).submit(form.id, filled("seen", "000000"));
    const forged = house.slack.deliveries.findLast(({ payload }) => payload["type"] === "view_submission");
    assert.ok(forged);
    for (const [user, code] of [
      [alice.id, house.code("alice", 7)],
      [bob.id, ""],
      [bob.id, house.code("bob", 1)],
    ] as const)
      await house.slack.deliver(forged, (payload) => {
        payload["user"] = { id: user, name: "x", username: "x", team_id: "T0LAB" };
        payload["trigger_id"] = `forged.${user}${code}`;
        (payload["view"] as Record<string, unknown>)["state"] = {
          values: {
            why: { why: { type: "plain_text_input", value: "nothing happened" } },
            ...(code ? { code: { code: { type: "plain_text_input", value: code } } } : {}),
          },
        };
      });
    assert.equal((await house.request()).state, "unknown");
    assert.deepEqual(
      trail()
        .filter(({ kind }) => kind === "settlement.refused")
        .map((event) => "subject" in event && event.subject),
      ["alice"],
    );
  });
});
