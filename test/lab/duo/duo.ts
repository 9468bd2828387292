import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { whyUnsigned } from "./signature-check.ts";

/** A push as it lies in Duo Mobile. */
export interface DuoPush {
  readonly txid: string;
  readonly username: string;
  /** What is shown beneath the question, name by name. */
  readonly shown: Readonly<Record<string, string>>;
  /** Whether the person must enter a number to say yes. */
  readonly verified: boolean;
}

export type DuoTap = "allow" | "deny" | "fraud" | "locked_out" | "timeout" | "bypass";

/** Duo's Auth API, version 2, shaped by its documented messages and error codes, and Duo Mobile for each of its people. */
export interface Duo {
  readonly host: string;
  readonly integrationKey: string;
  readonly secret: string;
  /** What preauth says of everybody; `auth` = that they may be asked. */
  preauth: "auth" | "allow" | "deny" | "enroll";
  /** The number of a Verified Push, where the tenant's policy demands one. */
  number: string | undefined;
  /** How far its clock is off, in ms. */
  skewMs: number;
  /** What it answers instead: a gateway's page, its rate limit, an endless answer, or nothing at all. */
  ill: "html" | "busy" | "endless" | "silent" | undefined;
  /** What auth_status says instead of what it is. */
  lie: Readonly<Record<string, unknown>> | undefined;
  inbox(username: string): readonly DuoPush[];
  /** What the person taps; a yes to a Verified Push takes the number. Answers whether Duo Mobile took it. */
  tap(txid: string, tap: DuoTap, number?: string): boolean;
  /** Everything that was asked of it, as text: method, address and body. */
  asked(): readonly string[];
  close(): Promise<void>;
}

interface Transaction extends DuoPush {
  status: DuoTap | "pushed";
  readonly number: string | undefined;
}

export async function startDuo({ people }: { readonly people: readonly string[] }): Promise<Duo> {
  const transactions = new Map<string, Transaction>();
  const offered = new Map<string, string>();
  const log: string[] = [];

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    log.push(`${request.method} ${request.url} ${body}`);
    if (duo.ill !== undefined) return beIll(duo.ill, response);
    const unsigned = whyUnsigned(request, body, duo, Date.now() + duo.skewMs);
    if (unsigned !== undefined) return fail(response, unsigned);
    const url = new URL(request.url ?? "/", `http://${duo.host}`);
    const params = request.method === "GET" ? Object.fromEntries(url.searchParams) : JSON.parse(body);
    switch (`${request.method} ${url.pathname}`) {
      case "POST /auth/v2/preauth":
        return preauth(response, params);
      case "POST /auth/v2/auth":
        return auth(response, params);
      case "GET /auth/v2/auth_status":
        return status(response, params);
      default:
        return fail(response, 40401);
    }
  });

  function preauth(response: ServerResponse, params: Readonly<Record<string, string>>) {
    const { username = "" } = params;
    if (username === "") return fail(response, 40001);
    const result = duo.preauth === "auth" && !people.includes(username) ? "enroll" : duo.preauth;
    if (result !== "auth") return ok(response, { result, status_msg: "as the policy says" });
    const devices = [
      {
        device: "DPFZRS9FB0D46QFTM891",
        type: "phone",
        name: "",
        number: "XXX-XXX-0100",
        capabilities: ["auto", "push"],
      },
    ];
    const asked = { result, status_msg: "Account is active", devices };
    if (duo.number === undefined || params["client_supports_verified_push"] !== "1") return ok(response, asked);
    const txid = randomUUID();
    offered.set(txid, duo.number);
    ok(response, { ...asked, txid, verification_code: duo.number, expiration: Math.floor(Date.now() / 1000) + 60 });
  }

  function auth(response: ServerResponse, params: Readonly<Record<string, string>>) {
    const { username = "", factor, device, async: later, pushinfo = "", txid } = params;
    if (factor !== "push" || device !== "auto" || later !== "1" || !people.includes(username))
      return fail(response, 40002);
    const number = txid === undefined ? undefined : offered.get(txid);
    if (duo.number !== undefined && number === undefined) return fail(response, 40002);
    const id = txid ?? randomUUID();
    const shown = Object.fromEntries(new URLSearchParams(pushinfo));
    transactions.set(id, { txid: id, username, shown, verified: number !== undefined, number, status: "pushed" });
    ok(response, { txid: id });
  }

  function status(response: ServerResponse, { txid = "" }: Readonly<Record<string, string>>) {
    const transaction = transactions.get(txid);
    if (duo.lie) return ok(response, duo.lie);
    // The real one holds this back until something changes.
    if (!transaction) return fail(response, 40002);
    const { status: now } = transaction;
    const result = now === "pushed" ? "waiting" : now === "allow" || now === "bypass" ? "allow" : "deny";
    if (result !== "waiting") transactions.delete(txid);
    ok(response, { result, status: now, status_msg: "as it is" });
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const pushes: Transaction[] = [];
  const duo: Duo = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    integrationKey: "DIWJ8X6AEYOR5OMC6TQ1",
    secret: randomBytes(30).toString("base64url"),
    preauth: "auth",
    number: undefined,
    skewMs: 0,
    ill: undefined,
    lie: undefined,
    inbox: (username) => [...seen(transactions, pushes)].filter((push) => push.username === username),
    tap(txid, tap, number) {
      const transaction = transactions.get(txid);
      if (!transaction) throw new Error(`no phone was sent the push ${txid}`);
      if (tap === "allow" && transaction.number !== number) return false;
      seen(transactions, pushes);
      transaction.status = tap;
      return true;
    },
    asked: () => log,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return duo;
}

/** What ever came, though Duo forgets what it has answered. */
function seen(now: ReadonlyMap<string, Transaction>, ever: Transaction[]): readonly Transaction[] {
  for (const one of now.values()) if (!ever.includes(one)) ever.push(one);
  return ever;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function ok(response: ServerResponse, content: Readonly<Record<string, unknown>>): void {
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify({ stat: "OK", response: content }));
}

/** The first three digits of a code are the HTTP status. */
function fail(response: ServerResponse, code: number): void {
  const answer = { stat: "FAIL", code, message: "as documented", message_detail: "" };
  response.writeHead(Math.floor(code / 100), { "content-type": "application/json" }).end(JSON.stringify(answer));
}

function beIll(ill: NonNullable<Duo["ill"]>, response: ServerResponse): void {
  if (ill === "silent") return;
  if (ill === "busy") {
    fail(response, 42901);
    return;
  }
  if (ill === "html") {
    response.writeHead(502, { "content-type": "text/html" }).end("<html><h1>502 Bad Gateway</h1></html>");
    return;
  }
  response.writeHead(200, { "content-type": "application/json" });
  const more = () => {
    while (!response.destroyed && response.write(" ".repeat(16_384)));
    if (!response.destroyed) response.once("drain", more);
  };
  more();
}
