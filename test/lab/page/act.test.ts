import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import type { Hands } from "../slack/workspace.ts";
import { type Act, doAct, readAct, readWho } from "./act.ts";
import { HttpRefusal } from "./doorway.ts";
import { type OpenedPage, openPage } from "./opened-page.ts";

const acts: readonly Act[] = [
  { as: "U1", kind: "command", channel: "C1", line: "/k8s help" },
  { as: "U1", kind: "say", channel: "C1", text: "hello" },
  { as: "U1", kind: "click", where: { channel: "C1", ts: "1.2" }, actionId: "review" },
  { as: "U1", kind: "click", where: { view: "V1" }, actionId: "pick", chosen: "a" },
  { as: "U1", kind: "submit", view: "V1", values: { code: { code: "123456" } } },
  { as: "U1", kind: "close", view: "V1" },
];

describe("an act of the page", () => {
  it("is read as it was sent, for each kind there is", () => {
    for (const act of acts) assert.deepEqual(readAct(JSON.parse(JSON.stringify(act))), act);
  });

  it("is done by the hands of the person, by the method of its kind", async () => {
    const done: unknown[][] = [];
    const note =
      (name: string) =>
      async (...args: unknown[]) => {
        done.push([name, ...args.filter((arg) => arg !== undefined)]);
        return { ok: true };
      };
    const hands = {
      command: note("command"),
      click: note("click"),
      submit: note("submit"),
      close: note("close"),
      say: (...args: unknown[]) => {
        done.push(["say", ...args]);
        return { ok: true };
      },
      id: "U1",
      see: () => assert.fail("nothing is looked at"),
    } satisfies Hands;
    for (const act of acts) assert.deepEqual(await doAct(hands, act), { ok: true });
    assert.deepEqual(done, [
      ["command", "C1", "/k8s help"],
      ["say", "C1", "hello"],
      ["click", { channel: "C1", ts: "1.2" }, "review"],
      ["click", { view: "V1" }, "pick", "a"],
      ["submit", "V1", { code: { code: "123456" } }],
      ["close", "V1"],
    ]);
  });

  const wrong: readonly (readonly [what: string, body: unknown])[] = [
    ["nothing at all", undefined],
    ["a list", []],
    ["an unknown kind", { as: "U1", kind: "shout", channel: "C1" }],
    ["nobody", { kind: "close", view: "V1" }],
    ["a missing field", { as: "U1", kind: "say", channel: "C1" }],
    ["a field too many", { as: "U1", kind: "close", view: "V1", token: "x" }],
    ["a number for text", { as: "U1", kind: "say", channel: "C1", text: 7 }],
    ["a place of two kinds", { as: "U1", kind: "click", where: { channel: "C1", ts: "1", view: "V" }, actionId: "a" }],
    ["values that are no text", { as: "U1", kind: "submit", view: "V1", values: { code: { code: 123456 } } }],
    ["values too deep", { as: "U1", kind: "submit", view: "V1", values: { code: { code: { code: "1" } } } }],
  ];
  for (const [what, body] of wrong)
    it(`is refused with ${what}`, () => {
      assert.throws(
        () => readAct(body),
        (fault) => fault instanceof HttpRefusal && fault.status === 400 && fault.message !== "",
      );
    });

  it("names the field that is wrong", () => {
    assert.throws(() => readAct({ as: "U1", kind: "say", channel: "C1", text: 7 }), /text/);
  });

  it("says who acts and nothing else where only that is asked", () => {
    assert.deepEqual(readWho({ as: "U1" }), { as: "U1" });
    assert.throws(() => readWho({ as: "U1", kind: "say" }), HttpRefusal);
  });
});

describe("an act on its way to the page", () => {
  let opened: OpenedPage;
  beforeEach(async () => {
    opened = await openPage();
  });
  afterEach(() => opened.close());

  const post = (body: string | readonly string[]) =>
    opened.ask("/act", { method: "POST", headers: { "content-type": "application/json" }, body });

  it("is refused when it is no JSON", async () => {
    assert.equal((await post('{"as":')).status, 400);
    assert.equal((await post("")).status, 400);
  });

  it("is refused when it is longer than any form, whether it says so or not", async () => {
    const long = JSON.stringify({ as: "U1", kind: "say", channel: "C1", text: "x".repeat(65_536) });
    assert.equal((await post(long)).status, 413);
    assert.equal((await post([long.slice(0, 40_000), long.slice(40_000)])).status, 413);
    assert.deepEqual(opened.slack.as("U1").see().messages, []);
  });

  it("is refused before it is sent when it says that it is too long", async () => {
    const sender = connect({ host: "127.0.0.1", port: opened.port });
    sender.write(
      "POST /act HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 65537\r\n\r\n",
    );
    const [head] = await once(sender.setEncoding("utf8"), "data");
    sender.destroy();
    assert.match(head, /^HTTP\/1\.1 413 /);
  });

  it("is taken when it is as long as Slack's longest text", async () => {
    const text = "x".repeat(40_000);
    const { status } = await post(JSON.stringify({ as: "U1", kind: "say", channel: "C1", text }));
    assert.equal(status, 200);
  });
});
