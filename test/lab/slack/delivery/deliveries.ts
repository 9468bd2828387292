import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { FaultPlan } from "../fault-plan.ts";
import type { Fields } from "../json.ts";
import type { Delivery } from "../workspace.ts";
import type { Ack, Retry } from "./ack.ts";
import { post, retried, signedRequest } from "./signed-http.ts";
import type { SocketMode } from "./socket-mode.ts";

/** How everything reaches the app: by signed HTTP when it has a request URL, else through Socket Mode. */
export class Deliveries {
  readonly log: Delivery[] = [];
  requestUrl: string | undefined;
  readonly #sockets: SocketMode;
  readonly #faults: FaultPlan;
  readonly #secret: string;
  readonly #now: () => number;
  readonly #ackWithinMs: number;
  #stopped = false;

  constructor(sockets: SocketMode, faults: FaultPlan, secret: string, now: () => number, ackWithinMs: number) {
    this.#sockets = sockets;
    this.#faults = faults;
    this.#secret = secret;
    this.#now = now;
    this.#ackWithinMs = ackWithinMs;
  }

  /** Delivers something new; with duplicates planned, all copies at once, and any acknowledgement counts. */
  async send(kind: Delivery["kind"], payload: Fields): Promise<Ack> {
    const delivery = this.#made(kind, payload);
    this.log.push(delivery);
    const copies = Array.from({ length: this.#faults.copies }, () => this.#transmit(delivery));
    const acks = await Promise.all(copies);
    return acks.find(({ ok }) => ok) ?? acks[0] ?? { ok: false, reason: "dispatch_failed" };
  }

  /** Delivers an event; the first of Slack's three retries comes at once, the later ones are left out. */
  async sendEvent(payload: Fields): Promise<void> {
    const ack = await this.send("events_api", payload);
    const delivery = this.log.findLast((one) => one.payload === payload);
    if (!ack.ok && delivery) await this.#transmit(delivery, { attempt: 1, reason: ack.reason });
  }

  /** Sends a delivery again as it was, or a changed copy under a signature or envelope of its own. */
  async resend(delivery: Delivery, change?: (payload: Fields) => void): Promise<Ack> {
    const asItWas = delivery.http !== undefined || delivery.envelopeId !== undefined;
    if (asItWas && !change) return this.#transmit(delivery);
    const payload = structuredClone(delivery.payload);
    change?.(payload);
    return this.#transmit(this.#made(delivery.kind, payload));
  }

  /** Resolves when there is a connection to deliver through, or the request URL answers anything but a fault. */
  async ready(): Promise<void> {
    while (!(await this.#reachable())) {
      if (this.#stopped) throw new Error("the Slack double was closed before the app was ready");
      await pause(25);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async #reachable(): Promise<boolean> {
    if (this.requestUrl === undefined) return this.#sockets.connections > 0;
    const hello = { type: "url_verification", token: "", challenge: randomUUID() };
    const signed = signedRequest("events_api", hello, this.#secret, this.#now());
    const ack = await post(this.requestUrl, signed, this.#ackWithinMs);
    return ack.ok || ack.reason === "http_client_error";
  }

  #made(kind: Delivery["kind"], payload: Fields): Delivery {
    return this.requestUrl === undefined
      ? { kind, payload, envelopeId: randomUUID() }
      : { kind, payload, http: signedRequest(kind, payload, this.#secret, this.#now()) };
  }

  #transmit(delivery: Delivery, retry?: Retry): Promise<Ack> {
    if (this.requestUrl === undefined || !delivery.http) return this.#sockets.send(delivery, retry);
    return post(this.requestUrl, retry ? retried(delivery.http, retry) : delivery.http, this.#ackWithinMs);
  }
}
