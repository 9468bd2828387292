import { Agent, fetch, type Response } from "undici";
import type { Fields, KubeObject } from "./object.ts";
import type { ClusterPeer } from "./peer.ts";

export interface Answer {
  readonly status: number;
  /** The JSON of the answer, whatever it is: an object, a list or a Status. */
  readonly body: KubeObject & {
    readonly items: readonly KubeObject[];
    readonly message?: string;
    readonly reason?: string;
  };
  readonly auditId: string;
  readonly warnings: string;
}

export interface Sending {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly query?: Readonly<Record<string, string>>;
}

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: KubeObject;
}

const patchTypes = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
} as const;

/** Plain calls to any API server, as one bearer. All but `send` and `watch` throw for an answer that is no 2xx. */
export interface AdminClient {
  /** Answers whatever the server answers. */
  send(method: string, path: string, sending?: Sending): Promise<Answer>;
  get(path: string): Promise<KubeObject>;
  list(path: string, query?: Readonly<Record<string, string>>): Promise<readonly KubeObject[]>;
  create(collection: string, object: unknown): Promise<KubeObject>;
  patch(path: string, patch: unknown, type?: keyof typeof patchTypes): Promise<KubeObject>;
  remove(path: string, options?: Fields): Promise<void>;
  /** Until the signal or the server ends it. A refusal is one ERROR event. */
  watch(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): AsyncGenerator<WatchEvent>;
  /** The same server with another token, or with none. */
  as(token: string | undefined): AdminClient;
  /** The same token, impersonating this user and nothing else; only an administrator may. */
  impersonating(user: string): AdminClient;
  close(): Promise<void>;
}

export const patchType = (type: keyof typeof patchTypes): string => patchTypes[type];

export function openAdminClient(peer: ClusterPeer): AdminClient {
  const agent = new Agent({ connect: { ca: peer.ca }, bodyTimeout: 0 });
  return clientOver(peer.server, agent, peer.adminToken);
}

function clientOver(
  server: string,
  dispatcher: Agent,
  token: string | undefined,
  impersonation: Readonly<Record<string, string>> = {},
): AdminClient {
  const open = (method: string, path: string, sending: Sending, signal?: AbortSignal): Promise<Response> => {
    const url = new URL(server + path);
    for (const [name, value] of Object.entries(sending.query ?? {})) url.searchParams.set(name, value);
    const { body } = sending;
    return fetch(url, {
      method,
      dispatcher,
      headers: {
        accept: "application/json",
        "user-agent": "admin-client/1",
        ...impersonation,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": sending.contentType ?? "application/json" }),
      },
      body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
      ...(signal ? { signal } : {}),
    });
  };

  const send: AdminClient["send"] = async (method, path, sending = {}) => {
    const response = await open(method, path, sending);
    const text = await response.text();
    return {
      status: response.status,
      body: parse(text),
      auditId: response.headers.get("audit-id") ?? "",
      warnings: response.headers.get("warning") ?? "",
    };
  };
  const demand = async (method: string, path: string, sending?: Sending): Promise<Answer["body"]> => {
    const { status, body } = await send(method, path, sending);
    if (status >= 300) throw new Error(`${method} ${path} was answered ${status}: ${body.message ?? ""}`);
    return body;
  };

  return {
    send,
    get: (path) => demand("GET", path),
    list: async (path, query = {}) => (await demand("GET", path, { query })).items,
    create: (collection, object) => demand("POST", collection, { body: object }),
    patch: (path, patch, type = "merge") => demand("PATCH", path, { body: patch, contentType: patchTypes[type] }),
    remove: async (path, options) => void (await demand("DELETE", path, options ? { body: options } : {})),
    async *watch(path, query, signal) {
      try {
        const response = await open("GET", path, { query: { ...query, watch: "1" } }, signal);
        if (!response.ok) return yield { type: "ERROR", object: parse(await response.text()) };
        const decoder = new TextDecoder();
        let rest = "";
        for await (const chunk of response.body ?? []) {
          const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) if (line !== "") yield JSON.parse(line) as WatchEvent;
        }
      } catch (fault) {
        if (!signal.aborted) throw fault;
      }
    },
    as: (other) => clientOver(server, dispatcher, other),
    impersonating: (user) => clientOver(server, dispatcher, token, { "impersonate-user": user }),
    close: () => dispatcher.destroy(),
  };
}

/** Some answers of a server are plain text. */
function parse(text: string): Answer["body"] {
  try {
    return JSON.parse(text) as Answer["body"];
  } catch {
    return { message: text } as Answer["body"];
  }
}
