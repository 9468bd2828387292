import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isRefusal } from "../../operation/refusal.ts";
import { type Deeds, deedsOf } from "./deeds.ts";
import { HttpRefusal, readJson, refuseForeign } from "./doorway.ts";
import { type PageFile, pageFiles } from "./page-files.ts";
import { pocketOf } from "./pocket.ts";

export interface PagesOptions extends Deeds {
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  /** Whether people open our pages at https. */
  readonly secure: boolean;
  /** Rejects while the records cannot be reached. */
  readonly alive: () => Promise<unknown>;
  readonly onFault: (fault: unknown) => void;
}

export interface Pages {
  /** `http://host:port`, where it listens. */
  readonly url: string;
  close(): Promise<void>;
}

/** How long connections that are not idle may last once the pages close, in ms. Node takes silent ones for busy. */
const drainMs = 2_000;

/**
 * Our own small pages: enrolling an authenticator and registering a passkey behind one-time links, recovery, proving
 * presence by a passkey or a login at the identity provider, and a sign of life at `/healthz`.
 */
export async function openPages(options: PagesOptions): Promise<Pages> {
  const { onFault } = options;
  const deeds = deedsOf(options);
  const server = createServer((request, response) => {
    answer(request, response).catch((fault: unknown) => {
      if (!(fault instanceof HttpRefusal)) onFault(fault);
      // What of a body was not read would be taken for the next request on this connection.
      if (!request.complete && !response.headersSent) response.setHeader("connection", "close");
      sendFault(response, fault);
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of guardHeaders) response.setHeader(name, value);
    const pathname = URL.parse(request.url ?? "/", "http://pages")?.pathname ?? "";
    const deed = deeds.get(pathname);
    if (deed) {
      demandMethod(request, response, ["POST"]);
      refuseForeign(request);
      const done = await deed(textsIn(await readJson(request)), pocketOf(request, response, options.secure));
      return sendJson(response, isRefusal(done) ? 422 : 200, done);
    }
    demandMethod(request, response, ["GET", "HEAD"]);
    if (pathname === "/healthz") {
      const alive = await options.alive().then(
        () => true,
        () => false,
      );
      return sendJson(response, alive ? 200 : 503, { alive });
    }
    const file: PageFile | undefined = pageFiles.get(pathname);
    if (!file) throw new HttpRefusal(404, "There is no such page.");
    response.writeHead(200, { "content-type": file.type }).end(file.content);
  }

  await new Promise<void>((resolve, reject) =>
    server.once("error", reject).listen(options.port, options.host, resolve),
  );
  const { address, port } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(":") ? `[${address}]` : address}:${port}`,
    close: () =>
      new Promise((resolve) => {
        const late = setTimeout(() => server.closeAllConnections(), drainMs);
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
      }),
  };
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Nothing inline, nothing from elsewhere, in nobody's frame or cache, and no address handed on. */
const guardHeaders: readonly (readonly [string, string])[] = [
  ["content-security-policy", policy],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
  ["cache-control", "no-store"],
];

/** RFC 9110 section 15.5.6: who is refused for the method is told which ones there are. */
function demandMethod({ method = "" }: IncomingMessage, response: ServerResponse, allowed: readonly string[]): void {
  if (allowed.includes(method)) return;
  response.setHeader("allow", allowed.join(", "));
  throw new HttpRefusal(405, `This takes ${allowed.join(" and ")} only.`);
}

/** The texts of a body by their names; what is none is "". */
function textsIn(body: unknown): (name: string) => string {
  return (name) => {
    const value = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[name] : undefined;
    return typeof value === "string" ? value : "";
  };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}

/** A fault of ours is told by that alone: its text may hold anything. */
function sendFault(response: ServerResponse, fault: unknown): void {
  if (response.headersSent) response.destroy();
  else if (fault instanceof HttpRefusal) sendJson(response, fault.status, { says: fault.message });
  else sendJson(response, 500, { says: "Something failed on our side and is logged. Try again in a minute." });
}
