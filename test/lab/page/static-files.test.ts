import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { type OpenedPage, openPage } from "./opened-page.ts";
import { readPublicFile } from "./static-files.ts";

const folder = new URL("./public/", import.meta.url);

describe("the files of the lab's page", () => {
  it("are served with the type of their ending", async () => {
    for (const [path, type] of [
      ["/", "text/html; charset=utf-8"],
      ["/tokens.css", "text/css; charset=utf-8"],
      ["/app.js", "text/javascript; charset=utf-8"],
      ["/icon.svg", "image/svg+xml"],
    ] as const)
      assert.equal((await readPublicFile(path))?.type, type, path);
  });

  const elsewhere = [
    "/../public/app.js",
    "/./app.js",
    "//app.js",
    "/..%2fpublic%2fapp.js",
    "/%2e%2e/public/app.js",
    "/..\\public\\app.js",
    "/app.js\0.css",
    "/app.js/",
    "/App.js",
    "/.app.js",
    "/app",
    "/app.ts",
    "/app.js.map",
    "",
  ];
  for (const path of elsewhere)
    it(`are not found by ${JSON.stringify(path)}`, async () => {
      assert.equal(await readPublicFile(path), undefined);
    });

  describe("over HTTP", () => {
    let opened: OpenedPage;
    beforeEach(async () => {
      opened = await openPage();
    });
    afterEach(() => opened.close());

    it("lead nowhere else", async () => {
      const paths = ["/../act.ts", "/%2e%2e/act.ts", "/..%2fact.ts", "/..%5cact.ts", "/act.ts", "/%00", "/app.js%00"];
      for (const path of paths) assert.equal((await opened.ask(path)).status, 404, path);
    });

    it("are all there: what the start page names, and what its modules import", async () => {
      const waiting = ["/"];
      const found = new Set<string>();
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
        if (found.has(path)) continue;
        found.add(path);
        const { status, body } = await opened.ask(path);
        assert.equal(status, 200, path);
        waiting.push(...named(body));
      }
      const files = await readdir(folder);
      const unused = files.filter((file) => file !== "index.html" && !found.has(`/${file}`));
      assert.deepEqual(unused, [], "nothing lies about that no page uses");
    });
  });
});

describe("the page in the browser", () => {
  it("has nothing inline, which its own policy would forbid", async () => {
    const html = await readFile(new URL("index.html", folder), "utf8");
    assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:/i);
  });

  it("makes no markup out of text anywhere", async () => {
    for (const file of (await readdir(folder)).filter((name) => name.endsWith(".js"))) {
      const source = await readFile(new URL(file, folder), "utf8");
      assert.doesNotMatch(
        source,
        /innerHTML|outerHTML|insertAdjacentHTML|setHTML|document\.write|DOMParser|createContextualFragment|srcdoc|\beval\b|new Function/,
        file,
      );
    }
  });

  it("has a drawing for each icon that is asked for", async () => {
    const drawings = await readFile(new URL("icons.svg", folder), "utf8");
    const drawn = new Set([...drawings.matchAll(/<symbol id="([\w-]+)"/g)].map(([, name]) => name));
    const asked = new Set<string | undefined>();
    for (const file of (await readdir(folder)).filter((name) => /\.(?:js|html)$/.test(name))) {
      const source = await readFile(new URL(file, folder), "utf8");
      for (const [, name] of source.matchAll(/\bicon\("([\w-]+)"\)|icons\.svg#([\w-]+)"/g)) asked.add(name);
    }
    assert.deepEqual(
      [...asked].filter((name) => name !== undefined && !drawn.has(name)),
      [],
    );
  });
});

/** The paths a file of the page names. */
function named(source: string): readonly string[] {
  const found = source.matchAll(
    /(?:href|src)="\/([\w-]+\.\w+)(?:#[\w-]+)?"|from "\.\/([\w-]+\.js)"|"?`?\/(icons\.svg)#/g,
  );
  return [...found].map(([, linked, imported, drawn]) => `/${linked ?? imported ?? drawn}`);
}
