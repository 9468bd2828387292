import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "./api.ts";
import type { Effect } from "./effect.ts";
import type { Cut, RequestFaults } from "./faults.ts";
import type { User } from "./identity.ts";
import type { Fields } from "./object.ts";
import { parseRoute, type Route } from "./route.ts";
import { badRequest, Refusal } from "./status.ts";
import type { Store } from "./store.ts";
import type { Tokens } from "./tokens.ts";
import { openWatch } from "./watch.ts";

/** A request that should never reach a cluster from this product. */
export interface Escape {
  readonly method: string;
  readonly path: string;
}

/** Told of everything that arrives. */
export interface Recorder {
  requested(method: string, path: string): void;
  escaped(attempt: Escape): void;
  took(effect: Effect, user: string, auditId: string): void;
}

export interface Listening {
  readonly port: number;
  cutWatches(): void;
  close(): Promise<void>;
}

/** The reasons that go with the codes of faults on demand. */
const reasons: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};
const largestBody = 3 * 1024 * 1024;
const pem = (name: string) => readFileSync(new URL(`certificate/test-only-${name}.pem`, import.meta.url), "utf8");

export const authority = pem("ca");

/** HTTPS on a free port of 127.0.0.1. */
export async function listen(
  api: Api,
  store: Store,
  tokens: Tokens,
  faults: RequestFaults,
  recorder: Recorder,
): Promise<Listening> {
  const watches = new Set<ServerResponse>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    const auditId = randomUUID();
    const parsed = new URL(`https://127.0.0.1${url}`);
    const path = parsed.pathname + parsed.search;
    response.setHeader("audit-id", auditId);
    response.setHeader("cache-control", "no-cache, private");
    recorder.requested(method, path);
    const body = await readBody(request);
    const route = parseRoute(method, parsed);
    if (isEscape(route)) recorder.escaped({ method, path });

    const userAgent = request.headers["user-agent"] ?? "";
    const fate = faults.fateOf({ method, path, userAgent });
    const wait = fate.delayMs ?? faults.take("delay", method, path);
    if (wait !== undefined) await sleep(wait);
    const status = fate.answer ?? faults.take("answer", method, path);
    if (status !== undefined) throw new Refusal(status, "a fault on demand", reasons[status]);
    const isCut = (cut: Cut) => fate.drop === cut || faults.take(cut, method, path) !== undefined;
    if (isCut("before-effect")) return void request.socket.destroy();

    const user = impersonated(tokens.authenticate(request.headers.authorization, Date.now()), request.headers);
    const contentType = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
    const reply = api.answer({ route, user, contentType, userAgent, body });
    if ("watch" in reply) {
      response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
      watches.add(response);
      const sink = {
        line: (event: Fields) => void response.write(`${JSON.stringify(event)}\n`),
        end: () => void response.end(),
      };
      const stop = openWatch(store, reply.watch, sink);
      response.once("close", () => {
        stop();
        watches.delete(response);
      });
      return;
    }
    if ("text" in reply) return sendText(response, reply.code, reply.text);
    if (reply.effect) recorder.took(reply.effect, user.username, auditId);
    if (isCut("after-effect")) return void request.socket.destroy();
    for (const warning of reply.warnings ?? []) response.appendHeader("warning", `299 - ${JSON.stringify(warning)}`);
    send(response, reply.code, reply.body);
  }

  const server: Server = createServer({ key: pem("server-key"), cert: pem("server") }, (request, response) => {
    serve(request, response).catch((fault: unknown) => {
      const refusal = fault instanceof Refusal ? fault : internalError(fault);
      if (!response.headersSent) send(response, refusal.code, refusal.body);
      else response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cutWatches() {
      for (const response of watches) response.destroy();
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((fault) => (fault ? reject(fault) : resolve()));
        server.closeAllConnections();
      }),
  };
}

/** Who is meant by `Impersonate-User`; the rights come with the group system:masters alone here. */
function impersonated(user: User, headers: IncomingMessage["headers"]): User {
  const name = headers["impersonate-user"];
  if (typeof name !== "string") return user;
  if (!user.groups.includes("system:masters"))
    throw new Refusal(
      403,
      `users "${name}" is forbidden: User "${user.username}" cannot impersonate resource "users" in API group "" at the cluster scope`,
      "Forbidden",
      { name, kind: "users" },
    );
  return { username: name, groups: ["system:authenticated"] };
}

/** Deleting a namespace, or everything of a kind. */
function isEscape({ verb, target }: Route): boolean {
  if (verb === "deletecollection") return target !== undefined;
  return verb === "delete" && target?.plural === "namespaces";
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new Refusal(413, "Request entity too large", "RequestEntityTooLarge");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, code: number, body: Fields): void {
  const text = JSON.stringify(body);
  response.writeHead(code, { "content-type": "application/json", "content-length": Buffer.byteLength(text) }).end(text);
}

function sendText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { "content-type": "text/plain", "content-length": Buffer.byteLength(text) }).end(text);
}

function internalError(fault: unknown): Refusal {
  console.error("the Kubernetes double failed:", fault);
  return fault instanceof URIError
    ? badRequest("the path cannot be decoded")
    : new Refusal(500, "Internal error occurred", "InternalError");
}
