import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { SlackDouble } from "../slack/workspace.ts";
import { doAct, readAct, readPushAnswer, readWho } from "./act.ts";
import { guardHeaders, HttpRefusal, refuseForeign } from "./doorway.ts";
import { Pings } from "./pings.ts";
import { readJson } from "./read-json.ts";
import { readPublicFile } from "./static-files.ts";

export interface LabPerson {
  readonly id: string;
  readonly name: string;
  /** Such as "On call", "SRE" or "Security". */
  readonly role: string;
}

/** One entry of an authenticator app. */
export interface PhoneCode {
  readonly label: string;
  readonly code: string;
  readonly secondsLeft: number;
}

/** A push as the provider's app shows it. */
export interface PhonePush {
  readonly id: string;
  readonly text: string;
  readonly state: "waiting" | "approved" | "denied";
}

/** A passkey of a person's browser that counts, by the fingerprint that our page showed them when they made it. */
export interface ListedPasskey {
  readonly fingerprint: string;
}

export interface ClusterWorkload {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly ready: number;
  /** RFC 3339, as `kubectl rollout restart` writes it. */
  readonly restartedAt?: string;
  readonly pods: readonly {
    readonly name: string;
    readonly phase: string;
    readonly ready: boolean;
    readonly revision: string;
  }[];
}

export interface AuditLine {
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly kind: string;
  readonly request?: string;
  readonly hash: string;
}

/** What the page shows and lets people do. */
export interface LabSources {
  readonly slack: Pick<SlackDouble, "as" | "onChange">;
  readonly people: readonly LabPerson[];
  /** The codes on a person's phone now; none = not enrolled. */
  phone(personId: string): Promise<readonly PhoneCode[]>;
  /** Enrols the phone through the product's own one-time link. */
  enrol(personId: string): Promise<void>;
  /** What the provider sent to a person's phone, and their answer to it; none = no provider sends pushes. */
  readonly pushes?: {
    of(personId: string): readonly PhonePush[];
    answer(personId: string, push: string, yes: boolean): Promise<void>;
    onChange(listener: () => void): () => void;
  };
  /** A person's passkeys, and the product's own one-time link to register one more; none = nobody can. */
  readonly passkeys?: {
    of(personId: string): Promise<readonly ListedPasskey[]>;
    link(personId: string): Promise<string>;
    onChange(listener: () => void): () => void;
  };
  cluster(): Promise<readonly ClusterWorkload[]>;
  /** Returns the way to stop listening. */
  onClusterChange(listener: () => void): () => void;
  audit(): Promise<{
    readonly entries: readonly AuditLine[];
    readonly count: number;
    readonly verified: boolean;
    readonly head: string;
  }>;
}

export interface LabPage {
  readonly url: string;
  close(): Promise<void>;
}

type Route = (request: IncomingMessage, url: URL) => unknown;

/**
 * Serves the lab's page on 127.0.0.1, on a free port unless one is named. Whoever can reach the page is everybody in
 * it, so it answers loopback names and its own origin only.
 */
export async function startLabPage(sources: LabSources, options: { port?: number } = {}): Promise<LabPage> {
  const pings = new Pings({
    slack: (listener) => sources.slack.onChange(listener),
    phone: (listener) => {
      const stops = [sources.pushes?.onChange(listener), sources.passkeys?.onChange(listener)];
      return () => {
        for (const stop of stops) stop?.();
      };
    },
    cluster: (listener) => sources.onClusterChange(listener),
  });
  const routes = routesFor(sources);
  const server = createServer((request, response) => {
    answer(request, response, routes, pings).catch((fault: unknown) => sendFault(response, fault));
  });
  await new Promise<void>((resolve, reject) =>
    server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve),
  );
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/`,
    close: async () => {
      pings.close();
      await closed(server);
    },
  };
}

function routesFor(sources: LabSources): Readonly<Record<string, Route>> {
  const known = (id: string | null) => {
    const person = sources.people.find((one) => one.id === id);
    if (!person) throw new HttpRefusal(404, `Nobody here has the id ${id ?? "(none given)"}.`);
    return person.id;
  };
  return {
    "GET /people": () => sources.people,
    "GET /state": (_request, url) => sources.slack.as(known(url.searchParams.get("as"))).see(),
    "GET /phone": async (_request, url) => {
      const person = known(url.searchParams.get("as"));
      const [codes, passkeys] = await Promise.all([sources.phone(person), sources.passkeys?.of(person)]);
      return { codes, pushes: sources.pushes?.of(person) ?? [], ...(passkeys ? { passkeys } : {}) };
    },
    "GET /cluster": () => sources.cluster(),
    "GET /audit": () => sources.audit(),
    "POST /act": async (request) => {
      const act = readAct(await readJson(request));
      return doAct(sources.slack.as(known(act.as)), act);
    },
    "POST /phone/answer": async (request) => {
      const { as, push, yes } = readPushAnswer(await readJson(request));
      await sources.pushes?.answer(known(as), push, yes);
      return { ok: true };
    },
    "POST /phone/enrol": async (request) => {
      await sources.enrol(known(readWho(await readJson(request)).as));
      return { ok: true };
    },
    "POST /phone/passkey": async (request) => {
      const person = known(readWho(await readJson(request)).as);
      if (!sources.passkeys) throw new HttpRefusal(404, "Nobody can register a passkey in this lab.");
      return { link: await sources.passkeys.link(person) };
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Readonly<Record<string, Route>>,
  pings: Pings,
): Promise<void> {
  for (const [name, value] of guardHeaders) response.setHeader(name, value);
  refuseForeign(request);
  const url = URL.parse(request.url ?? "/", "http://127.0.0.1");
  if (!url) throw new HttpRefusal(400, "That is no address.");
  const method = request.method ?? "GET";
  const route = routes[`${method} ${url.pathname}`];
  if (route) return sendJson(response, 200, await route(request, url));
  if (method !== "GET") throw new HttpRefusal(405, `There is no ${method} ${url.pathname}.`);
  if (url.pathname === "/events") return pings.send(response);
  const file = await readPublicFile(url.pathname);
  if (!file) throw new HttpRefusal(404, `There is no ${url.pathname}.`);
  response.writeHead(200, { "content-type": file.type }).end(file.content);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}

function sendFault(response: ServerResponse, fault: unknown): void {
  if (response.headersSent) return void response.destroy();
  const status = fault instanceof HttpRefusal ? fault.status : 500;
  sendJson(response, status, { error: fault instanceof Error ? fault.message : String(fault) });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the page listens on no port");
  return address.port;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
