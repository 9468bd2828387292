import assert from "node:assert/strict";
import { onStage } from "../journeys/stage.ts";
import { approve, ask, deny, finish, prove, reach, review, type } from "../lab/acting.ts";
import type { Lab } from "../lab/lab.ts";
import { alice, bob, incident } from "../lab/people.ts";
import type { Delivery } from "../lab/slack/workspace.ts";

const scale = (n: number) => `/k8s scale deploy/api --replicas=${n} -n prod -- again and again`;

async function kindsOf(lab: Lab, id: string): Promise<readonly string[]> {
  const kinds: string[] = [];
  for await (const { body } of lab.trail.entries()) {
    const { event } = JSON.parse(body) as { event: { kind: string; request?: string } };
    if (event.request === id) kinds.push(event.kind);
  }
  return kinds;
}

const count = (kinds: readonly string[], kind: string) => kinds.filter((one) => one === kind).length;

describe("attack: everything delivered many times, to two replicas at once", function () {
  this.timeout(60_000);
  const stage = onStage({ webs: 2, workers: 2 });
  afterEach(() => stage().lab.slack.faults.clear());

  it("opens one request, takes one code and one approval, signs one grant and runs once", async () => {
    const { lab, executions } = stage();
    const before = executions();
    lab.slack.faults.duplicateDeliveries(4);
    // The acknowledgement that Slack takes may be a copy's, which says nothing: the id is read where it was recorded.
    await lab.slack.as(alice.id).command(incident.id, scale(4));
    const [id = ""] = await lab.store.of(alice.sub, 10);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    assert.equal((await finish(lab, id)).state, "succeeded");
    assert.equal((await lab.store.of(alice.sub, 10)).length, 1);
    const kinds = await kindsOf(lab, id);
    for (const kind of ["request.asked", "proof.given", "approval.given", "grant.signed", "execution.intent"])
      assert.equal(count(kinds, kind), 1, kind);
    assert.equal(executions(), before + 1);
  });

  it("replays every delivery there was, and nothing more happens", async () => {
    const { lab, executions } = stage();
    const before = executions();
    const entries = (await lab.trail.head()).entries;
    for (const delivery of lab.slack.deliveries.slice()) await lab.slack.deliver(delivery);
    assert.equal((await lab.trail.head()).entries, entries);
    assert.equal(executions(), before);
  });

  it("a double click by two replicas under ids of their own counts once, and so does the code", async () => {
    const { lab, executions } = stage();
    const before = executions();
    const id = await ask(lab, alice, incident, scale(6));
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    const phone = await lab.enrol(bob.sub);
    const form = await review(lab, bob, id);
    const code = await phone.fresh();
    await lab.slack.as(bob.id).submit(form.id, { code: { code } });
    const sent = lab.slack.deliveries.at(-1);
    assert.ok(sent);
    await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        lab.slack.deliver(sent, (payload) => {
          const view = payload["view"] as Record<string, unknown>;
          view["id"] = `V0AGAIN${i}`;
          view["hash"] = `again-${i}`;
          payload["trigger_id"] = `again.${i}`;
        }),
      ),
    );
    assert.equal((await finish(lab, id)).state, "succeeded");
    const kinds = await kindsOf(lab, id);
    for (const kind of ["approval.given", "grant.signed", "execution.intent", "execution.outcome"])
      assert.equal(count(kinds, kind), 1, kind);
    assert.equal(executions(), before + 1);
  });

  it("one code proves one thing: it does not carry a second request, in whichever process", async () => {
    const { lab } = stage();
    const phone = await lab.enrol(alice.sub);
    const [one, two] = [await ask(lab, alice, incident, scale(7)), await ask(lab, alice, incident, scale(8))];
    await Promise.all([one, two].map((id) => reach(lab, id, "awaiting-challenge")));
    const code = await phone.fresh();
    const forms = [];
    for (const id of [one, two]) {
      const hands = lab.slack.as(alice.id);
      const message = hands
        .see()
        .messages.find((shown) => JSON.stringify(shown.blocks).includes(`"action_id":"prove","value":"${id}"`));
      const status = message ?? (await type(lab, alice, incident, `/k8s status ${id}`));
      await hands.click({ channel: status.channel, ts: status.ts }, "prove");
      const form = hands.see().views.at(-1);
      assert.ok(form);
      forms.push(form);
    }
    // Both at once, each to whichever replica Slack picks.
    await Promise.all(forms.map((form) => lab.slack.as(alice.id).submit(form.id, { code: { code } })));
    const states = await Promise.all([one, two].map(async (id) => (await lab.store.read(id))?.request.state));
    assert.deepEqual(states.toSorted(), ["awaiting-approval", "awaiting-challenge"]);
  });
});

describe("attack: a yes and a no at the same moment", function () {
  this.timeout(60_000);
  const stage = onStage({ webs: 2, workers: 2 });
  let denial: Delivery;

  before("a denial as Slack delivers it", async function () {
    this.timeout(60_000);
    const { lab } = stage();
    const id = await ask(lab, alice, incident, scale(9));
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await deny(lab, bob, id, "not now");
    const sent = lab.slack.deliveries.findLast(({ payload }) => payload["type"] === "view_submission");
    assert.ok(sent);
    denial = sent;
  });

  /** The same denial, of another request. */
  const denyNow = (id: string) =>
    stage().lab.slack.deliver(denial, (payload) => {
      const view = payload["view"] as Record<string, unknown>;
      Object.assign(view, { private_metadata: id, id: `V0DENY${id}`, hash: id });
    });

  for (let round = 1; round <= 4; round++)
    it(`has one winner, and what runs is what won (round ${round})`, async () => {
      const { lab, executions } = stage();
      const before = executions();
      const id = await ask(lab, alice, incident, scale(10 + round));
      await prove(lab, alice, await lab.enrol(alice.sub), id);
      const phone = await lab.enrol(bob.sub);
      const form = await review(lab, bob, id);
      const code = await phone.fresh();
      const contenders = [
        () => lab.slack.as(bob.id).submit(form.id, { code: { code } }),
        () => denyNow(id),
        () => lab.slack.as(alice.id).command(incident.id, `/k8s cancel ${id} -- never mind`),
      ];
      // Each round another one is a little ahead.
      await Promise.all(contenders.map((_, i) => contenders[(i + round) % contenders.length]?.()));
      const over = await finish(lab, id);
      assert.ok(["succeeded", "denied", "cancelled"].includes(over.state), over.state);
      assert.equal(executions() - before, over.state === "succeeded" ? 1 : 0);
      const kinds = await kindsOf(lab, id);
      const ends = ["grant.signed", "request.denied", "request.cancelled"];
      assert.equal(
        ends.reduce((sum, kind) => sum + count(kinds, kind), 0),
        1,
        kinds.join(" "),
      );
    });
});
