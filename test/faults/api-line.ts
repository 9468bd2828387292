import { readFileSync } from "node:fs";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Agent, request as ask, createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterPeer } from "../lab/kubernetes/peer.ts";
import type { Chance } from "./chance.ts";

/** What became of a call on its way. */
export type Fate =
  | "passed"
  | "lost before its effect"
  | "lost after its effect"
  | "answered 409"
  | "answered 429"
  | "answered 5xx";

/** One call that was to change something. */
export interface LinedCall {
  readonly at: number;
  /** The request's id, as the call itself names it; "" when it does not. */
  readonly request: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly fate: Fate;
  readonly slow: boolean;
  /** Whether it could have come to harm. */
  readonly rough: boolean;
  /** What the API server answered; undefined when it was never asked. */
  readonly status?: number;
  readonly auditId?: string;
}

/** HTTPS between the workers and the API server, on which calls get lost, late and refused. */
export interface ApiLine {
  readonly server: string;
  /** All that were to change something, dry runs left out, in the order they ended in. */
  readonly calls: readonly LinedCall[];
  /** Whether calls come to harm; at first all pass. */
  rough: boolean;
  close(): Promise<void>;
}

/** Shares of the calls that are to change something; reads are only late or refused. */
const shares = { before: 0.1, after: 0.1, conflict: 0.02, busy: 0.02, broken: 0.02, slow: 0.08 } as const;
const slowMs = [100, 1_500] as const;
const certificate = new URL("../lab/kubernetes/certificate/", import.meta.url);
const pem = (name: string) => readFileSync(new URL(`test-only-${name}.pem`, certificate), "utf8");

/**
 * Lays a line to an API server. `meanwhile` is called with each call whose answer is about to be lost, before anybody
 * can try again: it is the moment for somebody else to change the object.
 */
export async function layApiLine(
  peer: ClusterPeer,
  chance: Chance,
  meanwhile: (call: LinedCall) => Promise<void>,
): Promise<ApiLine> {
  const agent = new Agent({ keepAlive: true, ca: peer.ca });
  const calls: LinedCall[] = [];
  const weather = { rough: false };

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/", headers } = incoming;
    const path = new URL(url, peer.server);
    const body = await textOf(incoming);
    if (path.searchParams.get("watch") === "true") return watch(url, headers, response);
    const changing = method !== "GET" && !path.searchParams.has("dryRun");
    const { rough } = weather;
    const fate = rough ? fateOf(chance, method, changing) : "passed";
    const late = rough && chance.happens(shares.slow);
    const at = Date.now();
    if (late) await sleep(chance.between(...slowMs));
    const answer =
      fate === "passed" || fate === "lost after its effect" ? await forward(method, url, headers, body) : undefined;
    if (changing) {
      const request = /\breq\/(\S+)/.exec(headers["user-agent"] ?? "")?.[1] ?? "";
      const seen = answer && { status: answer.status, auditId: String(answer.headers["audit-id"] ?? "") };
      const call = { at, request, method, path: path.pathname, body, fate, slow: late, rough, ...seen };
      calls.push(call);
      if (fate === "lost after its effect") await meanwhile(call);
    }
    if (fate === "lost before its effect" || fate === "lost after its effect") return void incoming.socket.destroy();
    const { status, text, ...rest } = answer ?? refusal(chance, fate);
    response.writeHead(status, { ...rest.headers, "content-length": Buffer.byteLength(text) }).end(text);
  }

  function forward(method: string, path: string, headers: OutgoingHttpHeaders, body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onward = ask(new URL(path, peer.server), { method, headers, agent }, (answer) => {
        textOf(answer).then(
          (text) => resolve({ status: answer.statusCode ?? 502, headers: plain(answer), text }),
          reject,
        );
      });
      onward.on("error", reject);
      onward.end(body);
    });
  }

  function watch(path: string, headers: OutgoingHttpHeaders, response: ServerResponse): void {
    const onward = ask(new URL(path, peer.server), { method: "GET", headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, plain(answer));
      response.flushHeaders();
      answer.pipe(response);
      answer.on("error", () => response.destroy());
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    onward.end();
  }

  const server = createServer({ key: pem("server-key"), cert: pem("server") }, (incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    get rough() {
      return weather.rough;
    },
    set rough(rough) {
      weather.rough = rough;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly text: string;
}

function fateOf(chance: Chance, method: string, changing: boolean): Fate {
  const drawn = chance.next();
  const { before, after, conflict, busy, broken } = shares;
  // A 409 that nobody meant says something else of what is created or deleted: only a patch is told so.
  const fates: readonly (readonly [Fate, number])[] = [
    ["lost before its effect", changing ? before : 0],
    ["lost after its effect", changing ? after : 0],
    ["answered 409", changing && method === "PATCH" ? conflict : 0],
    ["answered 429", busy],
    ["answered 5xx", broken],
  ];
  let sum = 0;
  for (const [fate, share] of fates) {
    sum += share;
    if (drawn < sum) return fate;
  }
  return "passed";
}

const reasons: Readonly<Record<number, string>> = {
  409: "Conflict",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
};

function refusal(chance: Chance, fate: Fate): Answer {
  const status = fate === "answered 409" ? 409 : fate === "answered 429" ? 429 : chance.happens(0.5) ? 500 : 503;
  const told = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message: "a fault on the line" };
  const text = JSON.stringify({ ...told, reason: reasons[status], code: status });
  return { status, headers: { "content-type": "application/json" }, text };
}

/** Without what is about one connection alone. */
function plain({ headers }: IncomingMessage): OutgoingHttpHeaders {
  const { connection: _, "keep-alive": __, "transfer-encoding": ___, "content-length": ____, ...rest } = headers;
  return rest;
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
