import assert from "node:assert/strict";
import { inspect } from "node:util";
import { duoClient } from "../../../src/adapters/idp/duo-client.ts";
import { duoSender } from "../../../src/adapters/idp/duo-sender.ts";
import type { PushSender, Sent } from "../../../src/ports/push.ts";
import { type Duo, startDuo } from "../../lab/duo/duo.ts";

const alice = "alice@example.com";
const text = { code: "482913", intent: "to approve", command: "rollout restart deploy/api -n prod" };

describe("pushes by Duo", () => {
  let duo: Duo;
  let sender: PushSender;
  beforeEach(async () => {
    duo = await startDuo({ people: [alice] });
    sender = duoSender(duoClient(duo, { secret: duo.secret, plain: true }));
  });
  afterEach(() => duo.close());

  const send = (subject = alice) => sender.send({ subject, ...text });
  async function sent(): Promise<Sent> {
    const answer = await send();
    assert.ok("handle" in answer, JSON.stringify(answer));
    return answer;
  }
  const latest = () => duo.inbox(alice).at(-1) ?? assert.fail("nothing came");

  it("reach the person's phone with our code, what it is for and the operation, and wait for them", async () => {
    const { handle, forMs, enter } = await sent();
    assert.deepEqual(latest().shown, {
      "Code to type in Slack": "482913",
      For: "to approve",
      Operation: "rollout restart deploy/api -n prod",
    });
    assert.deepEqual([forMs, enter, sender.takes], [60_000, undefined, undefined]);
    assert.deepEqual(await sender.poll(handle), { answer: "pending" });
  });

  it("attack: keep what people typed on one line and in plain letters", async () => {
    await sender.send({ subject: alice, ...text, command: "get\npods&Code=1\u202e" });
    assert.equal(latest().shown["Operation"], "get pods&Code=1?");
  });

  const answers = [
    ["allow", "yes"],
    ["deny", "declined"],
    ["fraud", "disowned"],
    ["locked_out", "locked"],
    ["timeout", "expired"],
    ["bypass", "bypassed"],
  ] as const;
  for (const [tap, answer] of answers)
    it(`read Duo's ${tap} as ${answer}, once`, async () => {
      const { handle } = await sent();
      duo.tap(latest().txid, tap);
      assert.deepEqual(await sender.poll(handle), { answer });
      assert.deepEqual(await sender.poll(handle), { answer: "pending" });
    });

  it("carry Duo's own number in place of ours where the tenant demands a Verified Push", async () => {
    duo.number = "771204";
    const { handle, enter } = await sent();
    assert.equal(enter, "771204");
    assert.deepEqual(Object.keys(latest().shown), ["For", "Operation"]);
    assert.ok(latest().verified);
    assert.equal(duo.tap(latest().txid, "allow"), false);
    assert.ok(duo.tap(latest().txid, "allow", "771204"));
    assert.deepEqual(await sender.poll(handle), { answer: "yes" });
  });

  it("are not sent with a number of Duo's that is shorter than six digits", async () => {
    duo.number = "771";
    assert.deepEqual(await send(), { notSent: "plain", because: "verification code" });
    assert.equal(duo.inbox(alice).length, 0);
  });

  const unasked = [
    ["allow", "bypassed"],
    ["deny", "refused"],
    ["enroll", "unknown-person"],
  ] as const;
  for (const [preauth, notSent] of unasked)
    it(`are not sent where Duo says ${preauth} before it asked anybody: ${notSent}`, async () => {
      duo.preauth = preauth;
      assert.deepEqual(await send(), { notSent, because: `preauth ${preauth}` });
      assert.equal(duo.inbox(alice).length, 0);
    });

  it("are not sent to who is unknown, nor by who gives a wrong secret", async () => {
    assert.deepEqual(await send("mallory"), { notSent: "unknown-person", because: "preauth enroll" });
    const other = duoSender(duoClient(duo, { secret: "another secret", plain: true }));
    assert.deepEqual(await other.send({ subject: alice, ...text }), { notSent: "refused", because: "40103" });
  });

  it("say that our clock is wrong where that is why", async () => {
    duo.skewMs = 10 * 60_000;
    assert.deepEqual(await send(), { notSent: "clock", because: "40105" });
  });

  it("are not sent, and asked about more slowly, while Duo is asked too often", async () => {
    const { handle } = await sent();
    duo.ill = "busy";
    assert.deepEqual(await send(), { notSent: "busy", because: "42901" });
    assert.deepEqual(await sender.poll(handle), { answer: "slower" });
  });

  const ills = [
    ["html", /answered 502, and it is no answer of Duo's/],
    ["endless", /longer than 65536 bytes/],
    ["silent", /did not answer in time/],
  ] as const;
  for (const [ill, words] of ills)
    it(`are in doubt, in words, where what comes is ${ill}, and pending while it does`, async () => {
      const { handle } = await sent();
      duo.ill = ill;
      const answer = await send();
      assert.ok("notSent" in answer && answer.notSent === "unavailable");
      assert.match(answer.because, words);
      assert.deepEqual(await sender.poll(handle), { answer: "pending" });
    });

  it("attack: are a yes by nothing but an allow whose status is allow", async () => {
    const { handle } = await sent();
    const lies = [
      [{ result: "allow" }, "bypassed"],
      [{ result: "allow", status: "remembered" }, "bypassed"],
      [{ result: ["allow"], status: "allow" }, "pending"],
      [{ result: "ALLOW", status: "allow" }, "pending"],
      [{ status: "allow" }, "pending"],
    ] as const;
    for (const [lie, answer] of lies) {
      duo.lie = lie;
      assert.deepEqual(await sender.poll(handle), { answer }, JSON.stringify(lie));
    }
  });

  it("never show the secret, neither to Duo nor in a fault", async () => {
    await sent();
    await duo.close();
    const answer = await send();
    assert.ok("notSent" in answer && answer.because === "Duo cannot be reached");
    for (const shown of [...duo.asked(), inspect(answer)]) assert.ok(!shown.includes(duo.secret));
  });
});
