import assert from "node:assert/strict";
import {
  approve,
  ask,
  clickAndHear,
  deny,
  finish,
  prove,
  proveWith,
  reach,
  review,
  textOf,
  told,
  type,
} from "../lab/acting.ts";
import { alice, bob, carol, incident } from "../lab/people.ts";
import { onStage } from "./stage.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy";

describe("what people type, through the real processes", function () {
  this.timeout(60_000);
  const stage = onStage({ webs: 2, workers: 2 });

  it("scales in production with a second person's yes", async () => {
    const { lab, admin } = stage();
    const id = await ask(lab, alice, incident, "/k8s scale deploy/api --replicas=5 -n prod -- traffic");
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    assert.equal((await finish(lab, id)).state, "succeeded");
    const { spec } = (await admin.get("/apis/apps/v1/namespaces/prod/deployments/api")) as unknown as {
      spec: { replicas: number };
    };
    assert.equal(spec.replicas, 5);
  });

  it("asks for no second person in staging, and for no second code within the window", async () => {
    const { lab } = stage();
    const first = await ask(lab, alice, incident, "/k8s rollout restart deploy/api -n staging -- try the fix");
    // Alice's proof for production is minutes old at most, and the tier takes one of a quarter of an hour.
    const done = await finish(lab, first);
    assert.equal(done.state, "succeeded");
    assert.ok("proof" in done && done.proof && done.proof.request !== first);
  });

  it("takes two people for payments, each with a code for this very plan, and counts nobody twice", async () => {
    const { lab, executions } = stage();
    const before = executions();
    const id = await ask(lab, alice, incident, "/k8s scale deploy/checkout --replicas=6 -n prod -- sale");
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    const again = await review(lab, bob, id);
    assert.match(textOf(again.view), /one person counts once/);
    assert.equal((await reach(lab, id, "awaiting-approval")).state, "awaiting-approval");
    assert.equal(executions(), before);
    await approve(lab, carol, await lab.enrol(carol.sub), id);
    assert.equal((await finish(lab, id)).state, "succeeded");
    assert.equal(executions(), before + 1);
  });

  it("answers a read at once, to the person alone, with no prompt", async () => {
    const { lab } = stage();
    await type(lab, alice, incident, "/k8s get deployments -n prod");
    for (;;) {
      const mine = lab.slack.as(alice.id).see().messages;
      const table = mine.find((one) => one.ephemeralFor === alice.id && /NAME +READY/.test(textOf(one.blocks)));
      if (table) {
        assert.match(textOf(table.blocks), /api +5\/5/);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    const told = JSON.stringify(lab.slack.as(bob.id).see().messages);
    assert.doesNotMatch(told, /NAME +READY|get deployments/);
  });

  it("tells the requester who denied it and why, and runs nothing", async () => {
    const { lab, executions } = stage();
    const before = executions();
    const id = await ask(lab, alice, incident, restart);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await deny(lab, bob, id, "the deploy is being rolled back already");
    assert.equal((await finish(lab, id)).state, "denied");
    await told(lab, alice, incident, id);
    const texts = lab.slack
      .as(alice.id)
      .see()
      .messages.map((one) => textOf(one.blocks));
    assert.ok(texts.some((text) => text.includes("Denied by bob@example.com") && text.includes("rolled back already")));
    assert.equal(executions(), before);
  });

  it("cancels by button and by command, for the requester alone", async () => {
    const { lab } = stage();
    const one = await ask(lab, alice, incident, restart);
    await reach(lab, one, "awaiting-challenge");
    assert.match(textOf(await type(lab, bob, incident, `/k8s cancel ${one}`)), /Only the person who asked can cancel/);
    await type(lab, alice, incident, `/k8s cancel ${one} -- wrong cluster`);
    assert.equal((await finish(lab, one)).state, "cancelled");
    const two = await ask(lab, alice, incident, restart);
    // Heard before the next command is typed: else its answer would be taken for that command's.
    await clickAndHear(lab, alice, "cancel", two);
    assert.equal((await finish(lab, two)).state, "cancelled");
  });

  it("denies after five wrong codes, saying each time how many are left", async () => {
    const { lab } = stage();
    const id = await ask(lab, alice, incident, restart);
    const phone = await lab.enrol(alice.sub);
    const right = new Set([phone.shown().code, await phone.fresh()]);
    const wrong = right.has("000000") ? "111111" : "000000";
    for (const left of [4, 3, 2, 1]) {
      const form = await proveWith(lab, alice, wrong, id);
      assert.match(form.errors["code"] ?? "", new RegExp(`try ${left} more`));
    }
    await proveWith(lab, alice, wrong, id);
    const over = await finish(lab, id);
    assert.equal(over.state, "denied");
  });

  it("lists and explains: mine, status and help", async () => {
    const { lab } = stage();
    const [id = ""] = await lab.store.of(alice.sub, 1);
    assert.match(textOf(await type(lab, alice, incident, "/k8s mine")), new RegExp(id));
    assert.match(textOf(await type(lab, bob, incident, `/k8s status ${id}`)), /Denied/);
    assert.match(textOf(await type(lab, alice, incident, "/k8s help")), /rollout restart deploy\|sts\|ds\/NAME/);
  });

  for (const [typed, answer] of [
    ["/k8s rolout restart deploy/api -n prod -- x", /Did you mean .?rollout restart/],
    ["/k8s rollout restart deploy/api -- x", /namespace is missing/],
    ["/k8s rollout restart deploy/api -n prod", /reason is missing/],
    ["/k8s scale deploy/api --replicas=-1 -n prod -- x", /no number of replicas/],
    ["/k8s scale deploy/api --replica=3 -n prod -- x", /--replicas/],
    ["/k8s rollout restart deploy/.. -n prod -- x", /cannot be a name/],
    ["/k8s rollout restart deploy/api -n prod -c mars -- x", /no cluster/],
    ["/k8s rollout restart deploy/api -n kube-system -- x", /not from chat/],
    ["/k8s rollout restart deploy/api -n prod -- password=hunter2hunter2", /Rotate that secret/],
  ] as const)
    it(`refuses \`${typed}\` in words that help`, async () => {
      const { lab } = stage();
      assert.match(textOf(await type(lab, alice, incident, typed)), answer);
    });

  it("says in the thread when there is no such object", async () => {
    const { lab } = stage();
    const id = await ask(lab, alice, incident, "/k8s rollout restart deploy/nothing -n prod -- x");
    const over = await finish(lab, id);
    assert.equal(over.state, "failed");
    assert.ok("ended" in over && over.ended.why.includes("no deploy/nothing in the namespace prod"));
  });

  it("refuses who may not ask, naming who may", async () => {
    const { lab } = stage();
    assert.match(textOf(await type(lab, bob, incident, restart)), /Permitted are: the group oncall/);
  });
});

describe("a request nobody answers", function () {
  this.timeout(60_000);
  const stage = onStage({ web: { COUNTERSIGN_REQUEST_SECONDS: "3" } });

  it("expires by Redis's clock, and is told so", async () => {
    const { lab, executions } = stage();
    const id = await ask(lab, alice, incident, restart);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    assert.equal((await finish(lab, id)).state, "expired");
    await told(lab, alice, incident, id);
    assert.equal(executions(), 0);
  });
});
