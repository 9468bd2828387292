import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { type OpenedPage, openPage } from "./opened-page.ts";

describe("the lab's page server", () => {
  let opened: OpenedPage;
  beforeEach(async () => {
    opened = await openPage();
  });
  afterEach(() => opened.close());

  it("listens on one address of loopback alone", async function () {
    assert.match(opened.page.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    if (process.platform !== "linux") {
      console.log("      only Linux has more than one loopback address to knock at");
      this.skip();
    }
    const knock = connect({ host: "127.0.0.2", port: opened.port });
    const heard = await once(knock, "connect").then(
      () => "let in",
      (fault: NodeJS.ErrnoException) => fault.code,
    );
    knock.destroy();
    assert.equal(heard, "ECONNREFUSED");
  });

  it("tells who can be played", async () => {
    const { body } = await opened.ask("/people");
    assert.deepEqual(
      JSON.parse(body).map(({ id }: { id: string }) => id),
      ["U1", "U2"],
    );
  });

  it("shows each person what that person sees", async () => {
    opened.slack.as("U1").say("C1", "only alice is in here");
    const seen = async (as: string) => JSON.parse((await opened.ask(`/state?as=${as}`)).body);
    assert.equal((await seen("U1")).messages[0].text, "only alice is in here");
    assert.deepEqual((await seen("U2")).messages, []);
  });

  it("does as one person what the page says that person does", async () => {
    const { status, body } = await opened.post("/act", { as: "U1", kind: "say", channel: "C1", text: "hello" });
    assert.deepEqual([status, JSON.parse(body)], [200, { ok: true }]);
    const [message] = opened.slack.as("U1").see().messages;
    assert.deepEqual([message?.user, message?.text], ["U1", "hello"]);
  });

  it("passes on what Slack would not let somebody do", async () => {
    const { status, body } = await opened.post("/act", { as: "U2", kind: "say", channel: "C1", text: "hello" });
    assert.deepEqual([status, JSON.parse(body)], [200, { ok: false, error: "You are not in this channel." }]);
  });

  it("shows a person the pushes on their phone, and passes on their answer", async () => {
    const answers: string[] = [];
    const pushing = await openPage({
      pushes: {
        of: (person) => [{ id: `push-to-${person}`, text: "123456 to run: get pods", state: "waiting" }],
        answer: async (...words) => void answers.push(words.join(" ")),
        onChange: () => () => undefined,
      },
    });
    try {
      const { pushes } = JSON.parse((await pushing.ask("/phone?as=U2")).body);
      assert.equal(pushes[0].id, "push-to-U2");
      await pushing.post("/phone/answer", { as: "U2", push: "push-to-U2", yes: false });
      assert.deepEqual(answers, ["U2 push-to-U2 false"]);
      assert.equal((await pushing.post("/phone/answer", { as: "U2", push: "push-to-U2", yes: "no" })).status, 400);
    } finally {
      await pushing.close();
    }
  });

  it("enrols the phone of the person who plays", async () => {
    assert.equal((await opened.post("/phone/enrol", { as: "U2" })).status, 200);
    assert.deepEqual(opened.enrolled, ["U2"]);
    assert.deepEqual(JSON.parse((await opened.ask("/phone?as=U2")).body).codes[0].code, "123456");
  });

  it("hands out a link for a passkey of the person who plays, and shows theirs that count", async () => {
    const asked: string[] = [];
    const holding = await openPage({
      passkeys: {
        of: async (person) => (person === "U2" ? [{ fingerprint: "0123-4567-89ab-cdef" }] : []),
        async link(person) {
          asked.push(person);
          return "http://localhost/passkey#secret";
        },
        onChange: () => () => undefined,
      },
    });
    try {
      const { body } = await holding.post("/phone/passkey", { as: "U1" });
      assert.deepEqual(JSON.parse(body), { link: "http://localhost/passkey#secret" });
      assert.equal((await holding.post("/phone/passkey", { as: "U3" })).status, 404);
      assert.equal((await holding.ask("/phone/passkey?as=U1")).status, 404);
      assert.deepEqual(asked, ["U1"]);
      const shown = async (as: string) => JSON.parse((await holding.ask(`/phone?as=${as}`)).body).passkeys;
      assert.deepEqual(await shown("U1"), []);
      assert.deepEqual(await shown("U2"), [{ fingerprint: "0123-4567-89ab-cdef" }]);
    } finally {
      await holding.close();
    }
  });

  it("says so where nobody can register a passkey, and offers none", async () => {
    const { status, body } = await opened.post("/phone/passkey", { as: "U1" });
    assert.deepEqual([status, JSON.parse(body)], [404, { error: "Nobody can register a passkey in this lab." }]);
    assert.equal("passkeys" in JSON.parse((await opened.ask("/phone?as=U1")).body), false);
  });

  it("knows nobody but the people it was given, not even the app or a name of JavaScript", async () => {
    for (const id of ["U3", "", opened.slack.botUserId, "__proto__", "constructor"]) {
      const as = encodeURIComponent(id);
      for (const path of [`/state?as=${as}`, `/phone?as=${as}`])
        assert.equal((await opened.ask(path)).status, 404, path);
      assert.equal((await opened.post("/act", { as: id, kind: "say", channel: "C1", text: "x" })).status, 404);
      assert.equal((await opened.post("/phone/enrol", { as: id })).status, 404);
    }
    assert.equal((await opened.ask("/state")).status, 404);
    assert.deepEqual(opened.enrolled, []);
  });

  it("says what there is not", async () => {
    assert.equal((await opened.ask("/nothing")).status, 404);
    assert.equal((await opened.post("/people", {})).status, 405);
    for (const method of ["PUT", "DELETE", "OPTIONS"])
      assert.equal((await opened.ask("/people", { method })).status, 405, method);
    assert.equal((await opened.ask("//")).status, 400);
  });

  it("tells a fault behind it as one, and goes on", async () => {
    const broken = await openPage({
      cluster: async () => {
        throw new Error("the cluster does not answer");
      },
    });
    try {
      const { status, body } = await broken.ask("/cluster");
      assert.deepEqual([status, JSON.parse(body)], [500, { error: "the cluster does not answer" }]);
      assert.equal((await broken.ask("/people")).status, 200);
    } finally {
      await broken.close();
    }
  });
});
