import { Agent, type Dispatcher, request } from "undici";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: unknown;
}

/** Plain requests to an API server under one bearer token. Statuses are the caller's to judge. */
export class Api {
  readonly #agent: Agent;
  readonly #server: string;
  readonly #token: string;

  constructor(server: string, ca: string, token: string) {
    // A quiet watch is not a dead one: no body timeout.
    this.#agent = new Agent({ connect: { ca }, bodyTimeout: 0 });
    this.#server = server;
    this.#token = token;
  }

  async send(method: Dispatcher.HttpMethod, path: string, body?: object, type = "application/json"): Promise<Answer> {
    const answer = await this.#request(method, path, body && JSON.stringify(body), type);
    const text = await answer.body.text();
    return { status: answer.statusCode, body: text.startsWith("{") ? JSON.parse(text) : text };
  }

  /** Everything that is there, as ADDED, then what changes, until the connection or `signal` ends it. */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const answer = await this.#request("GET", `${path}?watch=true`, undefined, undefined, signal);
    let rest = "";
    for await (const part of answer.body.setEncoding("utf8")) {
      const lines = `${rest}${part}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield JSON.parse(line) as WatchEvent;
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  #request(method: Dispatcher.HttpMethod, path: string, body?: string, type?: string, signal?: AbortSignal) {
    return request(`${this.#server}${path}`, {
      method,
      dispatcher: this.#agent,
      headers: { authorization: `Bearer ${this.#token}`, ...(body && type ? { "content-type": type } : {}) },
      ...(body ? { body } : {}),
      ...(signal ? { signal } : {}),
    });
  }
}
