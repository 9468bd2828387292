import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { openSlack } from "../../../src/adapters/slack/slack.ts";
import type { Once } from "../../../src/ports.ts";
import type { Delivery, Person } from "../../lab/slack/workspace.ts";
import {
  alice,
  approvals,
  bob,
  carol,
  type House,
  incident,
  type Mode,
  messagesOf,
  messageWith,
  openHouse,
  openView,
  textOf,
  topView,
  viewSaying,
  whisperSaying,
} from "./house.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the deploy";
const code = (digits: string) => ({ code: { code: digits } });
const asked = async (house: House) => (await house.records.store.of("alice", 10)).length;
const last = (house: House): Delivery => {
  const delivery = house.slack.deliveries.at(-1);
  assert.ok(delivery);
  return delivery;
};

for (const mode of ["socket", "http"] satisfies Mode[])
  describe(`attacks at the gate, in ${mode} mode`, () => {
    let house: House;
    beforeEach(async () => {
      house = await openHouse({ mode, replicas: mode === "http" ? 1 : 2 });
    });
    afterEach(() => house.close());
    const as = (person: Person) => house.slack.as(person.id);
    const command = () => as(alice).command(incident.id, restart);

    it("lets a deed happen once, however often it is delivered", async () => {
      house.slack.faults.duplicateDeliveries(4);
      await command();
      assert.equal(await asked(house), 1);
      house.slack.faults.clear();
      for (let i = 0; i < 3; i++) assert.deepEqual(await house.slack.deliver(last(house)), { ok: true });
      assert.equal(await asked(house), 1);
    });

    it("lets an approval count once, however often it is delivered", async () => {
      await command();
      await house.worker.plan();
      await as(alice).click(await messageWith(house.slack, incident, "prove"), "prove");
      const form = await openView(house.slack, alice, "prove");
      house.slack.faults.duplicateDeliveries(3);
      await as(alice).submit(form.id, code("000000"));
      house.slack.faults.clear();
      const request = await house.request();
      assert.ok(request.state === "awaiting-challenge" && request.challenge.triesLeft === 4);
      await house.slack.deliver(last(house));
      const after = await house.request();
      assert.ok(after.state === "awaiting-challenge" && after.challenge.triesLeft === 4);
    });

    const strangers: readonly (readonly [string, (payload: Record<string, unknown>) => void])[] = [
      ["another app", (payload) => Object.assign(payload, { api_app_id: "A9" })],
      ["another workspace", (payload) => Object.assign(payload, { team_id: "T9", team: { id: "T9" } })],
      [
        "a person of another workspace",
        (payload) => Object.assign(payload, { team_id: "T9", user: { id: "U1", team_id: "T9" } }),
      ],
      ["a whole organisation", (payload) => Object.assign(payload, { is_enterprise_install: "true" })],
      ["nobody", (payload) => Object.assign(payload, { user_id: "", user: {} })],
    ];
    for (const [name, change] of strangers)
      it(`refuses ${name}, whatever they do`, async () => {
        await command();
        const typed = last(house);
        await house.worker.plan();
        const root = await messageWith(house.slack, incident, "prove");
        await as(alice).click(root, "cancel");
        await whisperSaying(house.slack, alice, "is cancelled");
        const clicked = last(house);
        const before = house.records.store.versionOf((await house.request()).id);
        for (const [i, delivery] of [typed, clicked].entries())
          await house.slack.deliver(delivery, (payload) => {
            payload["trigger_id"] = `new.${i}`;
            change(payload);
          });
        assert.equal(await asked(house), 1);
        assert.equal(house.records.store.versionOf((await house.request()).id), before);
        assert.ok(house.log.lines.some((line) => line.includes("a stranger was refused")));
      });

    it("records a refusal of somebody it knows", async () => {
      await command();
      await house.slack.deliver(last(house), (payload) =>
        Object.assign(payload, { api_app_id: "A9", trigger_id: "n" }),
      );
      const refused = house.records.trail.events.filter(({ kind }) => kind === "request.refused");
      assert.deepEqual(
        refused.map((event) => "code" in event && event.code),
        ["foreign-workspace"],
      );
    });

    it("does nothing for forged values of a button", async () => {
      await command();
      await house.worker.plan();
      await as(alice).click(await messageWith(house.slack, incident, "prove"), "prove");
      await openView(house.slack, alice, "prove");
      const click = last(house);
      const before = house.records.store.versionOf((await house.request()).id);
      const forgeries = ["", "r-nothere00", "../r-1", "r-1; DROP", "x".repeat(2_000), "__proto__", "<!channel>"];
      for (const [i, value] of forgeries.entries())
        for (const action of ["prove", "review", "cancel", "deny"])
          await house.slack.deliver(click, (payload) => {
            payload["trigger_id"] = `forged.${i}.${action}`;
            const [button] = payload["actions"] as Record<string, unknown>[];
            Object.assign(button ?? {}, { value, action_id: action });
          });
      assert.equal(house.records.store.versionOf((await house.request()).id), before);
      assert.ok(!house.log.lines.some((line) => line.includes("could not be carried out")), house.log.lines.join("\n"));
    });

    it("takes no form about another request than one there is", async () => {
      await command();
      await house.worker.plan();
      await as(alice).click(await messageWith(house.slack, incident, "prove"), "prove");
      const form = await openView(house.slack, alice, "prove");
      await as(alice).submit(form.id, code("000000"));
      for (const [i, id] of ["", "r-nothere00", "__proto__"].entries())
        await house.slack.deliver(last(house), (payload) => {
          payload["trigger_id"] = `forged.${i}`;
          Object.assign(payload["view"] as object, { private_metadata: id });
        });
      const request = await house.request();
      assert.ok(request.state === "awaiting-challenge" && request.challenge.triesLeft === 4);
    });

    it("acknowledges what it drops, so that Slack shows no error and sends nothing again", async () => {
      await command();
      for (let i = 0; i < 3; i++) assert.deepEqual(await house.slack.deliver(last(house)), { ok: true });
    });
  });

describe("attacks at the gate, over HTTP", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse({ mode: "http" });
    await house.slack.as(alice.id).command(incident.id, restart);
  });
  afterEach(() => house.close());

  /** Posts exactly these bytes, signed at so many seconds from now. */
  async function post(body: string, offset: number, secret = house.slack.signingSecret): Promise<number> {
    const time = String(Math.floor(Date.now() / 1000) + offset);
    const signature = createHmac("sha256", secret).update(`v0:${time}:${body}`).digest("hex");
    const answer = await fetch(house.replicas[0]?.address ?? "", {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": time,
        "x-slack-signature": `v0=${signature}`,
      },
      body,
    });
    return answer.status;
  }

  async function bodyOfCommand(trigger: string): Promise<string> {
    const { payload } = last(house);
    return new URLSearchParams({ ...(payload as Record<string, string>), trigger_id: trigger }).toString();
  }

  it("does nothing for what was signed more than five minutes from now, before or after", async () => {
    for (const [i, offset] of [-302, 302, 3_600, 315_360_000].entries())
      await post(await bodyOfCommand(`t.${i}`), offset);
    assert.equal(await asked(house), 1);
    assert.equal(house.log.lines.filter((line) => line.includes("signed too far from now")).length, 3);
  });

  it("takes what was signed within five minutes", async () => {
    await post(await bodyOfCommand("t.1"), -290);
    await post(await bodyOfCommand("t.2"), 290);
    assert.equal(await asked(house), 3);
  });

  it("does nothing for the same signed bytes twice", async () => {
    const body = await bodyOfCommand("t.1");
    assert.deepEqual([await post(body, -1), await post(body, -1)], [200, 200]);
    assert.equal(await asked(house), 2);
  });

  it("does nothing for another signature", async () => {
    assert.equal(await post(await bodyOfCommand("t.1"), 0, "another secret entirely"), 401);
    assert.equal(await asked(house), 1);
  });

  it("listens on loopback alone", () => {
    assert.match(house.replicas[0]?.address ?? "", /^http:\/\/127\.0\.0\.1:\d+\/slack\/events$/);
  });
});

describe("attack: guests, externals, deactivated people and shared channels", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());
  const told = (person: Person) => textOf(messagesOf(house.slack, person, incident).at(-1));

  it("is refused to a guest before anything is done, and recorded", async () => {
    house.slack.changePerson(alice.id, { isRestricted: true });
    await house.slack.as(alice.id).command(incident.id, restart);
    assert.ok(told(alice).includes("This Slack account is a guest's."));
    assert.equal(await asked(house), 0);
    assert.equal(house.records.trail.events[0]?.kind, "request.refused");
  });

  it("is refused in a channel that people outside can read", async () => {
    house.slack.changeChannel(incident.id, { isExtShared: true });
    await house.slack.as(alice.id).command(incident.id, restart);
    assert.ok(told(alice).includes("shared with people outside"));
    assert.equal(await asked(house), 0);
  });

  it("is refused where the app was not invited, saying how to invite it", async () => {
    house.slack.changeChannel(incident.id, { botAbsent: true });
    await house.slack.as(alice.id).command(incident.id, restart);
    assert.ok(told(alice).includes("/invite"));
  });

  it("is judged again at the click and at the submission", async () => {
    await house.slack.as(alice.id).command(incident.id, restart);
    await house.worker.plan();
    await house.slack.as(alice.id).click(await messageWith(house.slack, incident, "prove"), "prove");
    const form = await openView(house.slack, alice, "prove");
    await house.slack.as(alice.id).submit(form.id, code(house.code("alice")));
    const card = await messageWith(house.slack, approvals, "review");
    // Bob was never seen before, so nothing about him is remembered yet.
    house.slack.changePerson(bob.id, { isUltraRestricted: true });
    await house.slack.as(bob.id).click(card, "review");
    const view = await viewSaying(house.slack, bob, "This Slack account is a guest's.");
    assert.equal(view.view.submit, undefined);
    const request = await house.request();
    assert.ok(request.state === "awaiting-approval" && request.approvals.length === 0);
  });

  it("is judged by the channel the card is in, at the click and when the form is submitted", async () => {
    const { slack } = house;
    await slack.as(alice.id).command(incident.id, restart);
    const { id } = await house.worker.plan();
    await slack.as(alice.id).click(await messageWith(slack, incident, "prove"), "prove");
    await slack.as(alice.id).submit((await openView(slack, alice, "prove")).id, code(house.code("alice")));
    const card = await messageWith(slack, approvals, "review");
    // The button of `status` stands in the channel it was asked in, so only the submission looks at the card's.
    await slack.as(bob.id).command(incident.id, `/k8s status ${id}`);
    const status = messagesOf(slack, bob, incident).find(({ ephemeralFor }) => ephemeralFor === bob.id);
    assert.ok(status);
    await slack.as(bob.id).click(status, "review");
    const form = await openView(slack, bob, "approve");
    slack.changeChannel(approvals.id, { isExtShared: true });
    await slack.as(bob.id).submit(form.id, code(house.code("bob")));
    await viewSaying(slack, bob, "shared with people outside");
    await slack.as(carol.id).click(card, "review");
    await viewSaying(slack, carol, "shared with people outside");
    assert.equal((await house.request()).state, "awaiting-approval");
  });
});

describe("when the records cannot be reached", () => {
  it("says so and does nothing, for an unanswered question could be a repeat", async () => {
    const once: Once = { first: () => Promise.reject(new Error("connection lost to redis://:hunter2@host")) };
    const house = await openHouse({ once });
    await house.slack.as(alice.id).command(incident.id, restart);
    const told = messagesOf(house.slack, alice, incident).map((message) => textOf(message));
    assert.ok(told[0]?.includes("cannot reach its records"));
    assert.equal(await asked(house), 0);
    assert.ok(!house.log.lines.join().includes("hunter2"));
    await house.close();
  });

  it("does nothing that would not be in the trail", async () => {
    const house = await openHouse({
      trail: (trail) => ({ ...trail, append: () => Promise.reject(new Error("no trail")) }),
    });
    house.slack.changePerson(alice.id, { deleted: false, isRestricted: true });
    await house.slack.as(alice.id).command(incident.id, restart);
    assert.equal(await asked(house), 0);
    assert.ok(textOf(messagesOf(house.slack, alice, incident)).includes("Something failed on our side"));
    await house.close();
  });
});

describe("opening", () => {
  it("fails for a bad bot token, and leaves nothing behind", async () => {
    const house = await openHouse();
    const settings = { ...house.settings, botToken: ["xoxb", "not-good"].join("-") };
    await assert.rejects(openSlack(settings, house.ports), /invalid_auth/);
    await assert.rejects(openSlack({ ...house.settings, appToken: ["xapp", "not-good"].join("-") }, house.ports));
    await assert.rejects(openSlack({ ...house.settings, teams: ["T9"] }, house.ports), /not on the list/);
    await house.close();
  });
});

describe("attack: reading the log of the gate", () => {
  for (const mode of ["socket", "http"] satisfies Mode[])
    it(`never holds a code, a token, a secret or what people typed, in ${mode} mode`, async () => {
      const written: string[] = [];
      const { log, error, warn, info, debug } = console;
      const keep = (...said: unknown[]) => void written.push(said.map(String).join(" "));
      Object.assign(console, { log: keep, error: keep, warn: keep, info: keep, debug: keep });
      const house = await openHouse({ mode });
      try {
        const { slack } = house;
        await slack.as(alice.id).command(incident.id, restart);
        await house.worker.plan();
        await slack.as(alice.id).click(await messageWith(slack, incident, "prove"), "prove");
        const form = await openView(slack, alice, "prove");
        await slack.as(alice.id).submit(form.id, code("731904"));
        slack.faults.fail("views.update", 500, 1);
        slack.faults.rateLimit("chat.update", 1);
        await slack.as(alice.id).submit(form.id, code(house.code("alice")));
        await house.slack.deliver(last(house));
        await house.slack.deliver(last(house), (payload) => Object.assign(payload, { api_app_id: "A9" }));
        slack.faults.clear();
        if (mode === "http") {
          const body = '{"broken": "5xx since the deploy';
          await fetch(house.replicas[0]?.address ?? "", { method: "POST", body });
        }
        await house.settled();
        assert.ok(topView(slack, alice));
      } finally {
        await house.close();
        Object.assign(console, { log, error, warn, info, debug });
      }
      const everything = [...written, ...house.log.lines].join("\n");
      const { botToken, appToken, signingSecret } = house.slack;
      for (const secret of [botToken, appToken, signingSecret, house.code("alice"), "731904", "5xx since"])
        assert.ok(!everything.includes(secret), `${secret} in ${everything}`);
      assert.deepEqual(written, []);
    });
});
