import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { startSlackDouble } from "../slack/slack-double.ts";
import type { SlackDouble } from "../slack/workspace.ts";
import { type LabPage, type LabSources, startLabPage } from "./lab-page.ts";

export interface Asked {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | readonly string[];
}

/** A page on a Slack double, with everything else as small as it can be. */
export interface OpenedPage {
  readonly page: LabPage;
  readonly slack: SlackDouble;
  readonly port: number;
  /** Persons that were enrolled, in this order. */
  readonly enrolled: readonly string[];
  /** How many still listen to changes of the cluster. */
  listening(): number;
  changeCluster(): void;
  /** Sends exactly this path and these headers, which a browser or `fetch` would not. A body in parts is chunked. */
  ask(path: string, asking?: Asking): Promise<Asked>;
  /** POSTs JSON as the page itself does. */
  post(path: string, body: unknown): Promise<Asked>;
  close(): Promise<void>;
}

const people = [
  { id: "U1", name: "alice", realName: "Alice Adams" },
  { id: "U2", name: "bob", realName: "Bob Brown" },
];

export async function openPage(change: Partial<LabSources> = {}): Promise<OpenedPage> {
  const slack = await startSlackDouble({ people, channels: [{ id: "C1", name: "ops", members: ["U1"] }] });
  const listeners = new Set<() => void>();
  const enrolled: string[] = [];
  const page = await startLabPage({
    slack,
    people: people.map(({ id, name }) => ({ id, name, role: "On call" })),
    phone: async () => [{ label: "Countersign", code: "123456", secondsLeft: 12 }],
    enrol: async (person) => void enrolled.push(person),
    cluster: async () => [],
    onClusterChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    audit: async () => ({ entries: [], count: 0, verified: true, head: "0".repeat(64) }),
    ...change,
  });
  const port = Number(new URL(page.url).port);
  const ask: OpenedPage["ask"] = (path, asking) => asked(port, path, asking);
  return {
    page,
    slack,
    port,
    enrolled,
    listening: () => listeners.size,
    changeCluster: () => {
      for (const listener of listeners) listener();
    },
    ask,
    post: (path, body) =>
      ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    close: async () => {
      await page.close();
      await slack.close();
    },
  };
}

function asked(port: number, path: string, { method = "GET", headers = {}, body }: Asking = {}): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    outgoing.on("error", reject);
    if (typeof body === "string") return void outgoing.end(body);
    for (const part of body ?? []) outgoing.write(part);
    outgoing.end();
  });
}
