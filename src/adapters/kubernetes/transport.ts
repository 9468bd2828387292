import { Agent, type Dispatcher } from "undici";
import house from "../../../package.json" with { type: "json" };
import type { ClusterFault } from "../../ports/cluster.ts";
import { demandExact, notSent, type Passage } from "./choke-point.ts";
import type { Connection } from "./connection.ts";
import { faultOf, noAnswer } from "./faults.ts";

/** One call. `as` is the token of a service account, or `worker` for the worker's own identity. */
export interface Call {
  readonly passage: Passage;
  readonly as: { readonly token: string } | "worker";
  /** The request's id: it names the call in the API server's own log. */
  readonly request: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: { readonly type: string; readonly text: string };
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly auditId: string;
}

/** One pool of connections per cluster: the stock client opens one for each call (facts/kubernetes.md section 1). */
export interface Transport {
  readonly server: URL;
  /** Sends once and never again, within the deadline; throws a ClusterFault for anything but a 2xx. */
  send(call: Call): Promise<Reply>;
  /** A long answer, line by line, until the signal ends it; the deadline holds for its beginning. */
  lines(call: Call, signal: AbortSignal): AsyncIterable<string>;
  close(): Promise<void>;
}

const connectMs = 3_000;

export function openTransport(connection: Connection, deadlineMs: number): Transport {
  const { server, ca, tlsServerName, certificate, ownToken } = connection;
  const tls = { ...(ca ? { ca } : {}), ...(tlsServerName ? { servername: tlsServerName } : {}) };
  const connect = { timeout: Math.min(connectMs, deadlineMs), ...tls };
  const pool = { allowH2: false, keepAliveTimeout: 30_000, headersTimeout: deadlineMs, bodyTimeout: deadlineMs };
  const calls = new Agent({ ...pool, connections: 16, connect });
  // Its lines may be minutes apart, and it keeps a connection to itself.
  const watches = new Agent({ ...pool, connections: 64, bodyTimeout: 0, connect });
  // The server believes a client certificate before any token: connections that have one must carry no other identity.
  const own = certificate ? new Agent({ ...pool, connections: 4, connect: { ...connect, ...certificate } }) : calls;

  // Not `fetch`: it sends a call again by itself when it is answered 421, and rewrites paths on its own.
  async function open(call: Call, dispatcher: Dispatcher, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { passage, as, request, query = {}, body } = call;
    const { method } = passage;
    const url = new URL(`${server.origin}${server.pathname.replace(/\/$/, "")}${passage.path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    demandExact(passage, server, { method, url });
    const token = as === "worker" ? tokenOf(ownToken) : as.token;
    const headers = {
      accept: "application/json",
      "user-agent": `countersign/${house.version} req/${request}`,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { "content-type": body.type } : {}),
    };
    const path = `${url.pathname}${url.search}`;
    try {
      return await dispatcher.request({ origin: url.origin, path, method, headers, body: body?.text ?? null, signal });
    } catch (fault) {
      if (fault instanceof Error && "code" in fault && fault.code === "UND_ERR_INVALID_ARG")
        throw notSent("the call could not be put into words");
      throw noAnswer(fault);
    }
  }

  return {
    server,

    async send(call) {
      const dispatcher = call.as === "worker" ? own : calls;
      const answer = await open(call, dispatcher, AbortSignal.timeout(deadlineMs));
      const body = await textOf(answer);
      if (!isYes(answer)) throw noOf(answer, body);
      return { status: answer.statusCode, body, auditId: headerOf(answer, "audit-id") ?? "" };
    },

    async *lines(call, signal) {
      const answer = await open(call, watches, signal);
      if (!isYes(answer)) throw noOf(answer, await textOf(answer));
      const decoder = new TextDecoder();
      let rest = "";
      try {
        for await (const chunk of answer.body) {
          const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n");
          // A connection that is cut leaves half a line behind, which is nothing.
          rest = lines.pop() ?? "";
          yield* lines.filter((line) => line !== "");
        }
      } catch (fault) {
        throw noAnswer(fault);
      }
    },

    async close() {
      await Promise.all([calls, watches, own].map((agent) => agent.destroy()));
    },
  };
}

function tokenOf(read: () => string | undefined): string | undefined {
  try {
    return read();
  } catch {
    throw notSent("the worker's own token cannot be read");
  }
}

function isYes({ statusCode }: Dispatcher.ResponseData): boolean {
  return statusCode >= 200 && statusCode < 300;
}

function noOf(answer: Dispatcher.ResponseData, body: string): ClusterFault {
  return faultOf(answer.statusCode, body, headerOf(answer, "audit-id"), headerOf(answer, "retry-after"));
}

function headerOf({ headers }: Dispatcher.ResponseData, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}

async function textOf({ body }: Dispatcher.ResponseData): Promise<string> {
  try {
    return await body.text();
  } catch (fault) {
    throw noAnswer(fault);
  }
}
