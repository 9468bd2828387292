import type { WayBack } from "../../../src/ports/login.ts";

/** A browser without a screen: it follows redirects and keeps cookies, as far as a login at the lab's provider needs it. */
export interface CookieBrowser {
  /** Opens the address and answers the page that asks who it is, or what came back without asking. */
  open(address: string): Promise<URL>;
  /** Presses a button of that page, with these fields, and answers what the provider has it bring back. */
  press(page: URL, fields: Readonly<Record<string, string>>): Promise<WayBack>;
  /** Both. */
  logIn(address: string, fields: Readonly<Record<string, string>>): Promise<WayBack>;
}

export function cookieBrowser(): CookieBrowser {
  const jar = new Map<string, string>();

  async function visit(address: URL, init: RequestInit = {}): Promise<Response> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(address, { ...init, redirect: "manual", headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  /** Where it ends: at a page that is none of the provider's, or that asks something. */
  async function follow(from: URL, init?: RequestInit): Promise<URL> {
    let at = from;
    let answer = await visit(at, init);
    for (;;) {
      const location = answer.headers.get("location");
      if (location === null) return at;
      const next = new URL(location, at);
      if (next.origin !== at.origin) return next;
      at = next;
      answer = await visit(at);
    }
  }

  const browser: CookieBrowser = {
    open: (address) => follow(new URL(address)),
    async press(page, fields) {
      const brought = await follow(page, { method: "POST", body: new URLSearchParams(fields) });
      return wayBackIn(brought);
    },
    logIn: async (address, fields) => browser.press(await browser.open(address), fields),
  };
  return browser;
}

function wayBackIn({ hash }: URL): WayBack {
  const brought = new URLSearchParams(hash.slice(1));
  const of = (name: string) => brought.get(name) ?? "";
  return { code: of("code"), state: of("state"), iss: of("iss"), error: of("error") };
}
