import type { ServerResponse } from "node:http";

type Topic = "slack" | "phone" | "cluster" | "audit";

/** Calls back after every change; returns the way to stop it. */
type Subscribe = (listener: () => void) => () => void;

/** Milliseconds within which changes are told as one; the trail is verified whole each time, so it waits longest. */
const PAUSE: Readonly<Record<Topic, number>> = { slack: 30, phone: 30, cluster: 60, audit: 250 };

/** Milliseconds between signs of life; a browser that hears nothing cannot tell silence from a dead server. */
const HEARTBEAT = 15_000;

/** Tells every open page which topic changed, as server-sent events; pages then ask for what they show. */
export class Pings {
  readonly #open = new Set<ServerResponse>();
  readonly #due = new Map<Topic, NodeJS.Timeout>();
  readonly #stops: readonly (() => void)[];

  constructor(changes: { readonly slack: Subscribe; readonly phone: Subscribe; readonly cluster: Subscribe }) {
    // Whatever happens may stand in the trail.
    const stopSlack = changes.slack(() => this.#tell("slack", "audit"));
    const stopPhone = changes.phone(() => this.#tell("phone", "audit"));
    const stopCluster = changes.cluster(() => this.#tell("cluster", "audit"));
    const heart = setInterval(() => this.#write(": alive\n\n"), HEARTBEAT).unref();
    this.#stops = [stopSlack, stopPhone, stopCluster, () => clearInterval(heart)];
  }

  /** Keeps the response open until its reader leaves. */
  send(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    response.write("retry: 1000\n\n");
    this.#open.add(response);
    response.on("close", () => this.#open.delete(response));
  }

  close(): void {
    for (const stop of this.#stops) stop();
    for (const timer of this.#due.values()) clearTimeout(timer);
    for (const response of this.#open) response.end();
  }

  #tell(...topics: readonly Topic[]): void {
    for (const topic of topics) {
      if (this.#due.has(topic)) continue;
      const timer = setTimeout(() => {
        this.#due.delete(topic);
        this.#write(`event: ${topic}\ndata: changed\n\n`);
      }, PAUSE[topic]);
      this.#due.set(topic, timer);
    }
  }

  #write(text: string): void {
    for (const response of this.#open) response.write(text);
  }
}
