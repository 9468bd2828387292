import assert from "node:assert/strict";
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
  openHouse,
  openView,
  textOf,
  topView,
  viewSaying,
  whisperSaying,
} from "./house.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the deploy";

describe("the brake in Slack", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse({ replicas: 2 });
  });
  afterEach(() => house.close());

  const as = (person: { id: string }) => house.slack.as(person.id);
  const type = (person: { id: string }, line: string) => as(person).command(incident.id, line);
  const standing = () => house.records.freezes.standing();
  const kinds = () => house.records.trail.events.map(({ kind }) => kind);
  /** In one line. */
  const wordsOf = (shown: unknown) => textOf(shown).replace(/\s+/g, " ");
  const shownIn = (channel: typeof incident) => messagesOf(house.slack, alice, channel).map(wordsOf).join("\n");
  const send = async (person: typeof alice, why: string, code: string) => {
    const form = await openView(house.slack, person, "unfreeze");
    await as(person).submit(form.id, { why: { why }, code: { code } });
    return form;
  };
  /** Tells what no request tells, as the web process does in its rounds. */
  const tell = async () => {
    for await (const entry of house.records.trail.entries()) await house.replicas[0]?.tell(entry);
  };

  it("is pulled by one line, which says what it does and how it is let go", async () => {
    await type(alice, "/k8s freeze -- a bad deploy");
    const said = textOf(await whisperSaying(house.slack, alice, "is frozen"));
    assert.match(
      said,
      /Every cluster is frozen: nothing new begins, what runs already goes on, and reads are answered\./,
    );
    assert.match(said, /\/k8s unfreeze -- REASON/);
    assert.deepEqual(
      (await standing()).map(({ scope, by, why }) => [scope, by, why]),
      [["*", "alice", "a bad deploy"]],
    );
    await tell();
    assert.match(shownIn(approvals), /Every cluster is frozen by alice a bad deploy/);
  });

  it("is refused to strangers, and where the policy lets nobody, saying why", async () => {
    await type(dave, "/k8s freeze -- x");
    await whisperSaying(house.slack, dave, "not linked");
    const { brake: _, ...bare } = labPolicy;
    house.policy.replace(bare);
    await type(alice, "/k8s freeze demo -- x");
    await whisperSaying(house.slack, alice, "The policy lets nobody freeze.");
    assert.deepEqual(await standing(), []);
    assert.ok(kinds().includes("freeze.refused"));
  });

  it("shows on every open card and thread, to whoever asks, and goes from there when it is lifted", async () => {
    await type(alice, restart);
    await house.worker.plan();
    const known = await house.ports.directory.subject("alice");
    assert.ok(known);
    await house.ports.lifecycle.prove((await house.request()).id, known, { by: "totp", given: house.code("alice") });
    await house.settled();
    assert.doesNotMatch(shownIn(approvals), /frozen/);
    await type(bob, "/k8s freeze demo -- a bad deploy");
    await whisperSaying(house.slack, bob, "is frozen");
    await house.settled();
    const words =
      /The cluster demo is frozen by bob: a bad deploy\. It does not begin before two people have lifted that\./;
    for (const channel of [incident, approvals]) assert.match(shownIn(channel), words);
    await type(alice, `/k8s status ${(await house.request()).id}`);
    await whisperSaying(house.slack, alice, "The cluster demo is frozen by bob");
    await type(bob, "/k8s unfreeze demo -- rolled back");
    await send(bob, "rolled back", house.code("bob"));
    await viewSaying(house.slack, bob, "stays frozen until a second person types the same");
    await type(carol, "/k8s unfreeze demo -- rolled back");
    await send(carol, "rolled back", house.code("carol"));
    await viewSaying(house.slack, carol, "The freeze of the cluster demo is lifted.");
    await house.settled();
    const open = messagesOf(house.slack, alice, approvals).filter((one) => textOf(one).includes("Review"));
    for (const one of open) assert.doesNotMatch(textOf(one), /frozen/);
  });

  it("tells who asks for something new on a frozen cluster, records it all the same, and says nothing of it for reads", async () => {
    await type(bob, "/k8s freeze demo -- a bad deploy");
    await whisperSaying(house.slack, bob, "is frozen");
    await type(alice, restart);
    const said = textOf(await whisperSaying(house.slack, alice, "recorded as"));
    assert.match(said, /The cluster demo is frozen by bob: a bad deploy\./);
    await type(alice, "/k8s get pods -n prod");
    assert.doesNotMatch(textOf(await whisperSaying(house.slack, alice, "is being read")), /frozen/);
  });

  it("is let go in a form alone, by two people with a code each; one cannot alone", async () => {
    await type(alice, "/k8s freeze -- a bad deploy");
    await whisperSaying(house.slack, alice, "is frozen");
    await type(alice, "/k8s unfreeze -- I was wrong");
    await whisperSaying(house.slack, alice, "You are in none of the groups that may unfreeze.");
    assert.equal(topView(house.slack, alice), undefined);

    await type(bob, "/k8s unfreeze -- rolled back");
    const form = await openView(house.slack, bob, "unfreeze");
    assert.match(
      wordsOf(form.view),
      /Every cluster is frozen by alice, : a bad deploy Yours is the first of two words/,
    );
    assert.equal((await standing())[0]?.lift, undefined, "typing it says nothing yet");
    await as(bob).submit(form.id, { why: { why: "rolled back" }, code: { code: "000000" } });
    await viewSaying(house.slack, bob, "");
    await send(bob, "rolled back", house.code("bob"));
    await viewSaying(house.slack, bob, "Your word is recorded.");
    await type(bob, "/k8s unfreeze -- really");
    await whisperSaying(house.slack, bob, "You want this lifted already; one person counts once.");
    assert.equal((await standing()).length, 1);

    await type(carol, "/k8s unfreeze -- all is well");
    const second = await send(carol, "all is well", house.code("carol"));
    assert.match(
      textOf(second.view),
      /bob wants it lifted: rolled back\. Yours is the second word: it is lifted at once\./,
    );
    await viewSaying(house.slack, carol, "The freeze of every cluster is lifted.");
    assert.deepEqual(await standing(), []);
    await tell();
    const told = shownIn(approvals);
    assert.match(told, /bob wants every cluster unfrozen rolled back/);
    assert.match(told, /The freeze of every cluster is lifted By bob and carol: all is well/);
  });

  it("lists what stands, and says when nothing does", async () => {
    await type(carol, "/k8s freezes");
    await whisperSaying(house.slack, carol, "Nothing is frozen.");
    await type(alice, "/k8s freeze other -- a migration");
    await whisperSaying(house.slack, alice, "is frozen");
    await type(carol, "/k8s freezes");
    await whisperSaying(house.slack, carol, "The cluster other is frozen by alice: a migration, since");
  });

  it("attack: a form whose freeze is another one's, or none, lifts nothing", async () => {
    await type(alice, "/k8s freeze -- a bad deploy");
    await whisperSaying(house.slack, alice, "is frozen");
    const [freeze] = await standing();
    const known = await house.ports.directory.subject("bob");
    assert.ok(freeze && known);
    for (const id of ["", "f-none", "__proto__", "*"]) {
      const said = await house.ports.brake.unfreeze(known, {
        freeze: id,
        why: "x",
        response: { by: "totp", given: house.code("bob") },
      });
      assert.ok("refused" in said && said.refused === "not-in-this-state");
    }
    assert.deepEqual(await standing(), [freeze]);
  });

  it("keeps a secret that was typed as a reason out of the freeze", async () => {
    await type(alice, "/k8s freeze -- password=hunter2hunter2");
    await whisperSaying(house.slack, alice, "Rotate that secret now");
    assert.deepEqual(await standing(), []);
  });
});
