import { readFileSync } from "node:fs";

export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

function file(name: string, type: string): PageFile {
  return { type: `${type}; charset=utf-8`, content: readFileSync(new URL(`./page/${name}`, import.meta.url)) };
}

/** All there is to fetch, by path; read once, so no path ever reaches the file system. */
export const pageFiles: ReadonlyMap<string, PageFile> = new Map([
  ["/enrol", file("enrol.html", "text/html")],
  ["/enrol.js", file("enrol.js", "text/javascript")],
  ["/passkey", file("passkey.html", "text/html")],
  ["/passkey.js", file("passkey.js", "text/javascript")],
  ["/step-up", file("step-up.html", "text/html")],
  ["/step-up.js", file("step-up.js", "text/javascript")],
  ["/link", file("link.html", "text/html")],
  ["/link.js", file("link.js", "text/javascript")],
  ["/login", file("login.html", "text/html")],
  ["/login.js", file("login.js", "text/javascript")],
  ["/page.js", file("page.js", "text/javascript")],
  ["/page.css", file("page.css", "text/css")],
  ["/recover", file("recover.html", "text/html")],
  ["/recover.js", file("recover.js", "text/javascript")],
]);
