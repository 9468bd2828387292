import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { type Fields, isFields, parsedJson } from "../json.ts";
import type { Delivery } from "../workspace.ts";
import type { Ack, Retry } from "./ack.ts";

/** Slack pings its connections; the client gives one up after 30 s of silence. */
const PING_EVERY_MS = 10_000;

/** How long the app may take to close its side when the double stops. */
const CLOSE_WITHIN_MS = 500;

/** Slack's side of Socket Mode: every envelope goes to one of the app's connections. */
export class SocketMode {
  readonly #appId: string;
  readonly #ackWithinMs: number;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #waiting = new Map<string, ((ack: Ack) => void)[]>();
  readonly #pinger: NodeJS.Timeout;
  #open: WebSocket[] = [];
  #turn = 0;

  constructor(server: Server, appId: string, ackWithinMs: number) {
    this.#appId = appId;
    this.#ackWithinMs = ackWithinMs;
    server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    this.#pinger = setInterval(() => {
      for (const socket of this.#sockets.clients) socket.ping();
    }, PING_EVERY_MS).unref();
  }

  /** The path of one future connection; it works once. */
  issuePath(): string {
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    return `/link/?ticket=${ticket}&app_id=${this.#appId}`;
  }

  /** Sends an envelope to the connection whose turn it is, and waits for its acknowledgement. */
  async send({ kind, payload, envelopeId }: Delivery, retry?: Retry): Promise<Ack> {
    const socket = this.#open[this.#turn++ % Math.max(1, this.#open.length)];
    if (!socket || !envelopeId) return { ok: false, reason: "dispatch_failed" };
    const acknowledged = this.#acknowledgement(envelopeId);
    socket.send(
      JSON.stringify({
        envelope_id: envelopeId,
        payload,
        type: kind,
        accepts_response_payload: kind !== "events_api",
        ...(kind === "events_api" ? { retry_attempt: retry?.attempt ?? 0, retry_reason: retry?.reason ?? "" } : {}),
      }),
    );
    return acknowledged;
  }

  /** Tells every connection to come back through a new one. */
  refresh(): void {
    const leaving = this.#open;
    this.#open = [];
    for (const socket of leaving)
      socket.send(JSON.stringify({ type: "disconnect", reason: "refresh_requested", debug_info: { host: "lab" } }));
  }

  get connections(): number {
    return this.#open.length;
  }

  /** Closes every connection, by force when the app does not take part. */
  async close(): Promise<void> {
    clearInterval(this.#pinger);
    const clients = [...this.#sockets.clients];
    const closed = Promise.all(clients.map((client) => once(client, "close")));
    for (const client of clients) client.close(1001);
    const force = setTimeout(() => {
      for (const client of clients) client.terminate();
    }, CLOSE_WITHIN_MS);
    await closed;
    clearTimeout(force);
    for (const settle of [...this.#waiting.values()].flat()) settle({ ok: false, reason: "dispatch_failed" });
    this.#sockets.close();
  }

  #acknowledgement(envelopeId: string): Promise<Ack> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ ok: false, reason: "operation_timeout" }), this.#ackWithinMs);
      const settle = (ack: Ack) => {
        clearTimeout(timer);
        const others = (this.#waiting.get(envelopeId) ?? []).filter((one) => one !== settle);
        if (others.length > 0) this.#waiting.set(envelopeId, others);
        else this.#waiting.delete(envelopeId);
        resolve(ack);
      };
      this.#waiting.set(envelopeId, [...(this.#waiting.get(envelopeId) ?? []), settle]);
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? "/", "http://127.0.0.1").searchParams.get("ticket") ?? "";
    if (!this.#tickets.delete(ticket)) {
      socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n");
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => this.#greet(client));
  }

  #greet(client: WebSocket): void {
    client.on("message", (data) => this.#hear(parsedJson(data.toString())));
    client.on("error", () => client.terminate());
    client.on("close", () => {
      this.#open = this.#open.filter((one) => one !== client);
    });
    this.#open = [...this.#open, client];
    client.send(
      JSON.stringify({
        type: "hello",
        num_connections: this.#open.length,
        debug_info: { host: "lab", build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: this.#appId },
      }),
    );
  }

  #hear(message: unknown): void {
    if (!isFields(message)) return;
    const [settle] = this.#waiting.get(String(message["envelope_id"])) ?? [];
    const payload: Fields = isFields(message["payload"]) ? message["payload"] : {};
    settle?.({ ok: true, body: payload });
  }
}
