import type { IncomingMessage, ServerResponse } from "node:http";

/** One text that a browser keeps from every page and brings back to ours alone. */
export interface Pocket {
  keep(text: string): void;
  /** What it kept, once: it is told to forget it. */
  take(): string | undefined;
}

/** As long as a step-up may take, in seconds. */
const seconds = 600;

/**
 * A cookie (RFC 6265) that no script reads and no other site makes a browser send. `secure`: our pages are at https, and
 * the name's prefix then keeps a neighbour's host from setting it.
 */
export function pocketOf(request: IncomingMessage, response: ServerResponse, secure: boolean): Pocket {
  const name = secure ? "__Host-login" : "login";
  const set = (text: string, age: number) => {
    const how = ["Path=/", `Max-Age=${age}`, "HttpOnly", "SameSite=Strict", ...(secure ? ["Secure"] : [])];
    response.setHeader("set-cookie", [`${name}=${text}`, ...how].join("; "));
  };
  return {
    keep: (text) => set(text, seconds),
    take() {
      set("", 0);
      const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim());
      return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) || undefined;
    },
  };
}
