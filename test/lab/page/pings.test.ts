import assert from "node:assert/strict";
import { listen } from "./event-stream.ts";
import { type OpenedPage, openPage } from "./opened-page.ts";

describe("the pings of the lab's page", () => {
  let opened: OpenedPage;
  beforeEach(async () => {
    opened = await openPage();
  });
  afterEach(() => opened.close());

  const say = () => opened.slack.as("U1").say("C1", "hello");

  it("say which topic changed, and that the trail may have", async () => {
    const stream = await listen(opened.page.url);
    say();
    await stream.heard("slack");
    await stream.heard("audit");
    assert.ok(!stream.events().includes("cluster"));
    opened.changeCluster();
    await stream.heard("cluster");
  });

  it("say that something changed on a phone, whether a push or a passkey, until the page is closed", async () => {
    const [pushes, passkeys] = [new Set<() => void>(), new Set<() => void>()];
    const hearing = (listeners: Set<() => void>) => (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
    const phones = await openPage({
      pushes: { of: () => [], answer: async () => undefined, onChange: hearing(pushes) },
      passkeys: { of: async () => [], link: async () => "", onChange: hearing(passkeys) },
    });
    const stream = await listen(phones.page.url);
    for (const [i, listeners] of [pushes, passkeys].entries()) {
      for (const listener of listeners) listener();
      await stream.heard("phone", i + 1);
      await stream.heard("audit", i + 1);
    }
    await phones.close();
    assert.deepEqual([pushes.size, passkeys.size], [0, 0]);
  });

  it("tell many changes at once as one, and a later one again", async () => {
    const stream = await listen(opened.page.url);
    for (let i = 0; i < 20; i++) say();
    await stream.heard("audit");
    const count = () => stream.events().filter((topic) => topic === "slack").length;
    assert.equal(count(), 1);
    say();
    await stream.heard("slack", 2);
    assert.equal(count(), 2);
  });

  it("reach every page that is open, also after another left", async () => {
    const [one, other] = [await listen(opened.page.url), await listen(opened.page.url)];
    say();
    await Promise.all([one.heard("slack"), other.heard("slack")]);
    one.leave();
    opened.changeCluster();
    await other.heard("cluster");
  });

  it("come as an event stream that reconnects within a second", async () => {
    const stream = await listen(opened.page.url);
    assert.equal(stream.response.headers["content-type"], "text/event-stream; charset=utf-8");
    await stream.until((text) => text.startsWith("retry: 1000\n\n"));
  });

  it("end with the page, which then listens to nothing any more", async () => {
    const stream = await listen(opened.page.url);
    assert.equal(opened.listening(), 1);
    const ended = new Promise<void>((resolve) => stream.response.once("close", resolve));
    await opened.page.close();
    await ended;
    assert.ok(stream.response.complete, "the stream was ended, not cut");
    assert.equal(opened.listening(), 0);
  });
});
