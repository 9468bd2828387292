import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, get, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { openPages, type Pages } from "../../../src/adapters/http/pages.ts";
import { qrOf } from "../../../src/adapters/http/qr.ts";
import type { Enrolling } from "../../../src/challenge/enrolment.ts";
import { refuse } from "../../../src/operation/refusal.ts";

const uri = "otpauth://totp/Countersign:alice?secret=JBSWY3DPEHPK3PXP";
const dead = refuse("link-not-valid", "This link is not valid any more.", "Ask an administrator for a new one.");

describe("the pages", () => {
  let pages: Pages;
  let alive: () => Promise<unknown>;
  let faults: unknown[];
  let asked: string[][];

  const enrolling: Enrolling = {
    async offer(link) {
      asked.push(["offer", link]);
      if (link === "broken") throw new Error("redis://:hunter2@redis is down");
      return link === "good" ? { subject: "alice", uri } : dead;
    },
    async confirm(link, code) {
      asked.push(["confirm", link, code]);
      return link === "good" ? { subject: "alice", recoveryCodes: ["ABCD"] } : dead;
    },
    async recover(subject, code) {
      asked.push(["recover", subject, code]);
      return code === "good" ? { link: "new" } : dead;
    },
  };

  beforeEach(async () => {
    faults = [];
    asked = [];
    alive = async () => 1;
    pages = await openPages({
      host: "127.0.0.1",
      port: 0,
      secure: false,
      enrolling,
      alive: () => alive(),
      onFault: (fault) => faults.push(fault),
    });
  });
  afterEach(() => pages.close());

  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    fetch(pages.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const told = async (answer: Response) => [answer.status, (await answer.json()) as Record<string, unknown>] as const;
  /** A request as bytes, as no client of good manners sends it. */
  const raw = async (head: string): Promise<string> => {
    const socket = connect(Number(new URL(pages.url).port), "127.0.0.1");
    socket.end(`${head}\r\nhost: x\r\nconnection: close\r\n\r\n`);
    return text(socket);
  };

  describe("are served", () => {
    for (const [path, type] of [
      ["/enrol", "text/html"],
      ["/enrol.js", "text/javascript"],
      ["/page.css", "text/css"],
      ["/page.js", "text/javascript"],
      ["/passkey", "text/html"],
      ["/passkey.js", "text/javascript"],
      ["/step-up", "text/html"],
      ["/step-up.js", "text/javascript"],
      ["/link", "text/html"],
      ["/link.js", "text/javascript"],
      ["/recover", "text/html"],
      ["/recover.js", "text/javascript"],
    ] as const)
      it(`${path}, to nobody's frame or cache, and with nothing from elsewhere`, async () => {
        const answer = await fetch(pages.url + path);
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get("content-type"), `${type}; charset=utf-8`);
        const policy = answer.headers.get("content-security-policy")?.split("; ") ?? [];
        for (const rule of [
          "default-src 'none'",
          "script-src 'self'",
          "form-action 'none'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
        ])
          assert.ok(policy.includes(rule), rule);
        assert.doesNotMatch(policy.join(), /unsafe|http|\*/);
        assert.equal(answer.headers.get("cache-control"), "no-store");
        assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
        assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
        assert.equal(answer.headers.get("cross-origin-opener-policy"), "same-origin");
        assert.equal(answer.headers.get("cross-origin-resource-policy"), "same-origin");
      });

    it("with the same guards on every answer, refusals and faults too", async () => {
      const answers = await Promise.all([
        fetch(`${pages.url}/nowhere`),
        fetch(`${pages.url}/healthz`),
        post("/enrol/offer", { link: "broken" }),
        post("/enrol/offer", "{"),
      ]);
      for (const { headers } of answers) {
        assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none'/);
        assert.equal(headers.get("cache-control"), "no-store");
        assert.equal(headers.get("access-control-allow-origin"), null);
      }
    });

    it("that the browser obeys: nothing inline, and nothing but what we serve", async () => {
      for (const page of ["/enrol", "/recover", "/link", "/login"]) {
        const html = await (await fetch(pages.url + page)).text();
        assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?:/);
        for (const [, path = ""] of html.matchAll(/(?:src|href)="([^"]+)"/g))
          assert.equal((await fetch(pages.url + path)).status, 200, path);
      }
    });

    it("to HEAD without a body", async () => {
      const answer = await fetch(`${pages.url}/enrol`, { method: "HEAD" });
      assert.deepEqual([answer.status, await answer.text()], [200, ""]);
    });

    it("and nothing else of the machine, however it is spelt", async () => {
      for (const path of [
        "/",
        "/enrol/",
        "/enrol.js.map",
        "/page/enrol.html",
        "/pages.ts",
        "/__proto__",
        "/constructor",
      ])
        assert.equal((await fetch(pages.url + path)).status, 404, path);
      for (const path of [
        "/../pages.ts",
        "/enrol/../../doorway.ts",
        "/%2e%2e/pages.ts",
        "//",
        "//x",
        "/\\..\\pages.ts",
        "http://elsewhere/x",
      ])
        assert.match(await raw(`GET ${path} HTTP/1.1`), /^HTTP\/1\.1 40[04] /, path);
      assert.deepEqual(faults, []);
    });
  });

  describe("enrol", () => {
    it("by a link in the body: the subject, the URI and its QR code", async () => {
      const answer = await told(await post("/enrol/offer", { link: "good" }));
      assert.deepEqual(answer, [200, { subject: "alice", uri, qr: qrOf(uri) }]);
      assert.deepEqual(await told(await post("/enrol/confirm", { link: "good", code: "123456" })), [
        200,
        { subject: "alice", recoveryCodes: ["ABCD"] },
      ]);
      assert.deepEqual(asked, [
        ["offer", "good"],
        ["confirm", "good", "123456"],
      ]);
    });

    it("again by a subject and a recovery code in the body, never in an address", async () => {
      const answer = await told(await post("/recover/begin", { subject: "alice", code: "good" }));
      assert.deepEqual(answer, [200, { link: "new" }]);
      assert.equal((await post("/recover/begin", { subject: "alice", code: "bad" })).status, 422);
      assert.equal((await fetch(`${pages.url}/recover/begin?subject=alice&code=good`)).status, 405);
      assert.deepEqual(asked, [
        ["recover", "alice", "good"],
        ["recover", "alice", "bad"],
      ]);
    });

    it("refuse a dead link in words, with what to do", async () => {
      for (const path of ["/enrol/offer", "/enrol/confirm"]) {
        const [status, body] = await told(await post(path, { link: "old", code: "123456" }));
        assert.equal(status, 422);
        assert.deepEqual(
          [body["says"], body["remedy"]],
          ["This link is not valid any more.", "Ask an administrator for a new one."],
        );
      }
    });

    it("take a link from no address", async () => {
      await post("/enrol/offer?link=good", {});
      assert.deepEqual(asked, [["offer", ""]]);
    });

    it("take what is no text, or not there, for an empty link that is dead", async () => {
      for (const body of [null, 1, [], "text", {}, { link: 1 }, { link: ["good"] }, { link: { toString: "good" } }])
        assert.equal((await post("/enrol/offer", JSON.stringify(body))).status, 422, JSON.stringify(body));
      assert.ok(asked.every(([, link]) => link === ""));
    });

    for (const method of ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
      it(`answer 405 to ${method}, and say what is allowed`, async () => {
        const answer = await fetch(`${pages.url}/enrol/offer`, { method });
        assert.deepEqual([answer.status, answer.headers.get("allow")], [405, "POST"]);
        assert.deepEqual(asked, []);
      });

    for (const site of ["cross-site", "same-site"])
      it(`refuse what a browser sends for another site (${site})`, async () => {
        const answer = await raw(
          `POST /enrol/offer HTTP/1.1\r\ncontent-type: application/json\r\nsec-fetch-site: ${site}\r\ncontent-length: 0`,
        );
        assert.match(answer, /^HTTP\/1\.1 403 /);
        assert.deepEqual(asked, []);
      });

    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "application/jsonp",
      "",
    ])
      it(`refuse "${type}", which a form of another site could send`, async () => {
        const answer = await post("/enrol/offer", { link: "good" }, { "content-type": type });
        assert.equal(answer.status, 415);
        assert.deepEqual(asked, []);
      });

    it("take JSON with a character set, and from our own page", async () => {
      const headers = { "content-type": "application/json; charset=utf-8", "sec-fetch-site": "same-origin" };
      assert.equal((await post("/enrol/offer", { link: "good" }, headers)).status, 200);
    });

    it("refuse what is no JSON", async () => {
      assert.deepEqual(await told(await post("/enrol/offer", '{"link":')), [400, { says: "That is no JSON." }]);
      assert.deepEqual(asked, []);
    });

    it("refuse more than four kilobytes, with an answer", async () => {
      const fits = JSON.stringify({ link: "x".repeat(4_096 - 11) });
      assert.equal(fits.length, 4_096);
      assert.equal((await post("/enrol/offer", fits)).status, 422);
      assert.deepEqual(await told(await post("/enrol/offer", `${fits} `)), [413, { says: "That is too much." }]);
      // Again and again over the same connection: what was not read must not be in the way of what follows.
      for (let i = 0; i < 5; i++) assert.equal((await post("/enrol/offer", " ".repeat(300_000))).status, 413);
      assert.equal(asked.length, 1);
    });

    it("tell nothing of a fault of ours but that it is one, and report it inside", async () => {
      const answer = await post("/enrol/offer", { link: "broken" });
      assert.equal(answer.status, 500);
      const body = await answer.text();
      assert.deepEqual(JSON.parse(body), {
        says: "Something failed on our side and is logged. Try again in a minute.",
      });
      assert.deepEqual(faults.map(String), ["Error: redis://:hunter2@redis is down"]);
    });

    it("outlive a sender that goes away in the middle of a body", async () => {
      const sending = request(`${pages.url}/enrol/offer`, {
        method: "POST",
        headers: { "content-type": "application/json", "content-length": "100" },
      });
      sending.on("error", () => undefined);
      sending.write('{"link":');
      await once(sending, "socket");
      sending.destroy();
      assert.equal((await post("/enrol/offer", { link: "good" })).status, 200);
    });
  });

  describe("prove presence and register a passkey", () => {
    it("only where that is set up", async () => {
      for (const path of ["/step-up/offer", "/step-up/passkey", "/passkey/offer", "/passkey/register"])
        assert.equal((await post(path, { link: "good" })).status, 405, path);
    });

    it("by what stands in a body alone, and never by a GET", async () => {
      const heard: unknown[] = [];
      const hears = <T>(what: unknown, answer: T): T => {
        heard.push(what);
        return answer;
      };
      const own = await openPages({
        host: "127.0.0.1",
        port: 0,
        secure: false,
        enrolling,
        registering: {
          offer: async () => dead,
          register: async (link, given) => hears([link, given], { subject: "alice", fingerprint: "f" }),
        },
        stepUps: {
          start: () => assert.fail("nobody starts one here"),
          offer: async (link) => hears(link, dead),
          answer: async (link, answer) => hears([link, answer], { says: "Your approval is recorded." }),
        },
        alive,
        onFault: (fault) => faults.push(fault),
      });
      try {
        const send = (path: string, body: object) =>
          fetch(own.url + path, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body),
          });
        assert.equal((await fetch(`${own.url}/step-up/passkey?link=good&assertion=a`)).status, 405);
        assert.equal((await send("/step-up/offer", { link: "old" })).status, 422);
        const sent = { link: "good", assertion: "a", typed: "api-1", why: 7 };
        assert.deepEqual(await told(await send("/step-up/passkey", sent)), [
          200,
          { says: "Your approval is recorded." },
        ]);
        assert.equal((await send("/passkey/register", { link: "good", credential: "c" })).status, 200);
        assert.deepEqual(heard, [
          "old",
          ["good", { by: "passkey", given: "a", typed: "api-1", why: "" }],
          ["good", "c"],
        ]);
      } finally {
        await own.close();
      }
    });
  });

  describe("lead to the provider and back", () => {
    const carried = { kept: "state.sealed", address: "https://id.example.com/auth?state=state" };
    const account = { team: "T1", user: "U9", name: "dave", workspace: "The Lab" };
    const brought: unknown[] = [];
    const open = (secure: boolean) =>
      openPages({
        ...{ host: "127.0.0.1", port: 0, secure, enrolling, alive, onFault: (fault: unknown) => faults.push(fault) },
        login: {
          logins: {
            host: "id.example.com",
            begin: () => assert.fail("the step-up does that"),
            finish: async (kept, back) => {
              brought.push([kept, back]);
              return {
                end: kept === "linking.sealed" ? "link" : "step-up",
                carried: "c",
                token: { token: "t", subject: "alice" },
              };
            },
          },
          linking: {
            start: () => assert.fail("Slack does that"),
            offer: async (link) => (link === "good" ? { account, provider: "id.example.com" } : dead),
            begin: async (link) => (link === "good" ? carried : dead),
            back: async () => ({ confirm: { subject: "alice", account }, kept: "unconfirmed" }),
            confirm: async (kept) => (kept === "unconfirmed" ? { says: "It is linked." } : dead),
          },
          stepUps: {
            begin: async (link) => (link === "good" ? carried : dead),
            back: async () => ({ says: "Your presence is proved." }),
          },
        },
      });
    const send = (url: string, body: object, cookie = "") =>
      fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", cookie },
        body: JSON.stringify(body),
      });

    it("to confirm a link by what the same browser was given after the login, and by nothing it sends itself", async () => {
      const own = await open(false);
      try {
        const offer = await send(`${own.url}/link/offer`, { link: "good" });
        assert.deepEqual(await told(offer), [200, { account, provider: "id.example.com" }]);
        const begun = await send(`${own.url}/link/login`, { link: "good" });
        assert.match(begun.headers.get("set-cookie") ?? "", /^login=state\.sealed; /);
        const back = await send(`${own.url}/login/back`, { code: "c", state: "state" }, "login=linking.sealed");
        assert.deepEqual(await told(back), [200, { confirm: { subject: "alice", account } }]);
        assert.match(back.headers.get("set-cookie") ?? "", /^login=unconfirmed; .*HttpOnly/);
        assert.equal(brought.length, 1);
        brought.length = 0;
        const forged = await send(`${own.url}/link/confirm`, { kept: "unconfirmed", link: "good" });
        assert.equal(forged.status, 422);
        assert.equal(
          (await fetch(`${own.url}/link/confirm`, { headers: { cookie: "login=unconfirmed" } })).status,
          405,
        );
        const done = await send(`${own.url}/link/confirm`, {}, "login=unconfirmed");
        assert.deepEqual(await told(done), [200, { says: "It is linked." }]);
        assert.match(done.headers.get("set-cookie") ?? "", /^login=; Path=\/; Max-Age=0/);
      } finally {
        await own.close();
      }
    });

    it("with what the browser must keep in a cookie that no script and no other site gets at", async () => {
      for (const [secure, name, ending] of [
        [true, "__Host-login", "; Secure"],
        [false, "login", ""],
      ] as const) {
        const own = await open(secure);
        try {
          const begun = await send(`${own.url}/step-up/login`, { link: "good", typed: "", why: "" });
          assert.deepEqual(await told(begun), [200, { address: carried.address }]);
          const kept = `${name}=${carried.kept}`;
          const how = `Path=/; Max-Age=600; HttpOnly; SameSite=Strict${ending}`;
          assert.equal(begun.headers.get("set-cookie"), `${kept}; ${how}`);
          const answer = { code: "c", state: "state", iss: "i", error: "" };
          const done = await send(`${own.url}/login/back`, answer, `other=1; ${kept}`);
          assert.deepEqual(await told(done), [200, { says: "Your presence is proved." }]);
          assert.match(done.headers.get("set-cookie") ?? "", new RegExp(`^${name}=; Path=/; Max-Age=0`));
          assert.deepEqual(brought.pop(), [carried.kept, answer]);
        } finally {
          await own.close();
        }
      }
    });

    it("attack: takes no answer from a browser that keeps nothing, or under a name that a neighbour's host can set", async () => {
      const own = await open(true);
      try {
        for (const cookie of ["", `login=${carried.kept}`]) {
          const done = await send(`${own.url}/login/back`, { code: "c", state: "state" }, cookie);
          assert.equal(done.status, 422);
        }
        assert.deepEqual(brought, []);
        const refused = await send(`${own.url}/step-up/login`, { link: "old" });
        assert.deepEqual([refused.status, refused.headers.get("set-cookie")], [422, null]);
        assert.equal((await fetch(`${own.url}/login/back?code=c&state=state`)).status, 405);
        assert.equal((await fetch(`${own.url}/login`)).status, 200);
      } finally {
        await own.close();
      }
    });
  });

  describe("give a sign of life", () => {
    it("of 200 while the records can be reached, and 503 while not", async () => {
      assert.deepEqual(await told(await fetch(`${pages.url}/healthz`)), [200, { alive: true }]);
      alive = async () => {
        throw new Error("redis://:hunter2@redis is down");
      };
      assert.deepEqual(await told(await fetch(`${pages.url}/healthz`)), [503, { alive: false }]);
    });

    it("to readers alone", async () => {
      for (const method of ["POST", "PUT", "DELETE"]) {
        const answer = await fetch(`${pages.url}/healthz`, { method });
        assert.deepEqual([answer.status, answer.headers.get("allow")], [405, "GET, HEAD"]);
      }
    });
  });

  describe("close", () => {
    it("though a browser keeps its connection open for more", async () => {
      const agent = new Agent({ keepAlive: true });
      const [answer] = await once(get(`${pages.url}/enrol`, { agent }), "response");
      await text(answer);
      await pages.close();
      await assert.rejects(fetch(`${pages.url}/enrol`));
      agent.destroy();
    });

    it("though somebody has connected and said nothing", async () => {
      const silent = connect(Number(new URL(pages.url).port), "127.0.0.1");
      await once(silent, "connect");
      // An answer to somebody else shows that the server has taken the silent one too.
      await fetch(`${pages.url}/healthz`);
      const gone = once(silent, "close");
      silent.resume();
      await pages.close();
      await gone;
    });

    it("though somebody never ends what they are sending", async () => {
      const sending = request(`${pages.url}/enrol/offer`, {
        method: "POST",
        headers: { "content-type": "application/json", "content-length": "100" },
      });
      const cut = once(sending, "error");
      sending.write("{");
      await once(sending, "socket");
      await fetch(`${pages.url}/healthz`);
      await Promise.all([pages.close(), cut]);
    });

    it("after the answer that is on its way", async () => {
      let answerNow = () => {};
      const asked = new Promise<void>((reached) => {
        alive = () => {
          reached();
          return new Promise<void>((resolve) => {
            answerNow = resolve;
          });
        };
      });
      const answer = fetch(`${pages.url}/healthz`);
      await asked;
      const closed = pages.close();
      answerNow();
      assert.equal((await answer).status, 200);
      await closed;
    });
  });

  it("reject when their port is taken", async () => {
    const { port } = new URL(pages.url);
    const options = {
      host: "127.0.0.1",
      port: Number(port),
      secure: false,
      enrolling,
      alive: async () => 1,
      onFault: () => {},
    };
    await assert.rejects(openPages(options), { code: "EADDRINUSE" });
  });
});
