import assert from "node:assert/strict";
import { guardHeaders } from "./doorway.ts";
import { type Asked, type OpenedPage, openPage } from "./opened-page.ts";

const json = { "content-type": "application/json" };
const say = JSON.stringify({ as: "U1", kind: "say", channel: "C1", text: "hello" });

describe("the doorway of the lab's page", () => {
  let opened: OpenedPage;
  beforeEach(async () => {
    opened = await openPage();
  });
  afterEach(() => opened.close());

  const said = () => opened.slack.as("U1").see().messages.length;
  const act = (headers: Record<string, string>) =>
    opened.ask("/act", { method: "POST", headers: { ...json, ...headers }, body: say });

  for (const host of ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
    it(`answers to the loopback name ${host}, with a port and without`, async () => {
      for (const name of [host, `${host}:${opened.port}`])
        assert.equal((await opened.ask("/people", { headers: { host: name } })).status, 200);
    });

  for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:80", "0.0.0.0"])
    it(`refuses the name ${host} everywhere, as a page bound to loopback by its DNS would use it`, async () => {
      for (const path of ["/", "/app.js", "/people", "/state?as=U1", "/phone?as=U1", "/cluster", "/audit", "/events"])
        assert.equal((await opened.ask(path, { headers: { host } })).status, 403, path);
      assert.equal((await act({ host })).status, 403);
      assert.equal(said(), 0);
    });

  it("refuses whatever a browser says comes from another site", async () => {
    assert.equal((await opened.ask("/state?as=U1", { headers: { "sec-fetch-site": "cross-site" } })).status, 403);
    assert.equal((await act({ "sec-fetch-site": "cross-site" })).status, 403);
    assert.equal(said(), 0);
    assert.equal((await act({ "sec-fetch-site": "same-origin" })).status, 200);
    assert.equal((await opened.ask("/", { headers: { "sec-fetch-site": "none" } })).status, 200);
  });

  it("takes acts from its own origin only, where another port is another origin", async () => {
    for (const origin of ["https://evil.example", "null", "http://localhost:1", `https://127.0.0.1:${opened.port}`])
      assert.equal((await act({ origin })).status, 403, origin);
    assert.equal(said(), 0);
    assert.equal((await act({ origin: `http://127.0.0.1:${opened.port}` })).status, 200);
    assert.equal(said(), 1);
  });

  it("takes no content type that a form can send without asking first", async () => {
    const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", ""];
    for (const type of types) assert.equal((await act({ "content-type": type })).status, 415, type);
    assert.equal((await opened.ask("/act", { method: "POST", body: say })).status, 415);
    assert.equal(said(), 0);
    assert.equal((await act({ "content-type": "application/json; charset=utf-8" })).status, 200);
  });

  it("sends its guard headers with every answer, refusals too", async () => {
    const answers: readonly Asked[] = [
      await opened.ask("/"),
      await opened.ask("/app.js"),
      await opened.ask("/people"),
      await opened.ask("/nothing"),
      await opened.ask("/people", { headers: { host: "evil.example" } }),
      await opened.post("/act", {}),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 404, 403, 400],
    );
    for (const { headers } of answers)
      for (const [name, value] of guardHeaders) assert.equal(headers[name], value, name);
  });

  it("forbids inline scripts and styles, foreign sources and frames", async () => {
    const { headers } = await opened.ask("/");
    const policy = String(headers["content-security-policy"]);
    assert.match(policy, /default-src 'self'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:|data:/);
    assert.equal(headers["access-control-allow-origin"], undefined);
  });
});
