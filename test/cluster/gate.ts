import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { authority } from "../lab/kubernetes/server.ts";

/** One call as it came to the gate. */
export interface GateCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly token: string;
  readonly userAgent: string;
}

/** A call that stands at the gate. */
export interface Held {
  readonly call: GateCall;
  /** Lets it go on, even when who sent it is gone: the network keeps what it was given. */
  release(): void;
  /** Breaks the caller's connection; the call goes no further. */
  cut(): void;
}

type Side = "call" | "answer";

/**
 * Stands between a worker and an API server and sees what passes, unlike a line, for it ends TLS on both sides. It can
 * hold one call before it reaches the server, or its answer after it had its effect.
 */
export interface Gate {
  readonly server: string;
  /** PEM of the authority behind the gate's own certificate. */
  readonly ca: string;
  /** All that came, oldest first. */
  readonly calls: readonly GateCall[];
  /** The next call that fits, once it stands there. */
  holdNext(side: Side, fits: (call: GateCall) => boolean): Promise<Held>;
  close(): Promise<void>;
}

interface Trap {
  readonly side: Side;
  readonly fits: (call: GateCall) => boolean;
  readonly caught: (held: Held) => void;
}

const pem = (name: string) =>
  readFileSync(new URL(`../lab/kubernetes/certificate/test-only-${name}.pem`, import.meta.url), "utf8");

/** Opens a gate on a free port of 127.0.0.1 before the API server at `to`, whose authority is `ca`. */
export async function openGate(to: string, ca: string): Promise<Gate> {
  const agent = new Agent({ ca, keepAlive: true });
  const calls: GateCall[] = [];
  const traps = new Set<Trap>();

  /** Resolves at once for a call that nobody waits for; false = it was cut. */
  function pass(side: Side, call: GateCall): Promise<boolean> {
    const trap = [...traps].find((one) => one.side === side && one.fits(call));
    if (!trap) return Promise.resolve(true);
    traps.delete(trap);
    return new Promise((resolve) => trap.caught({ call, release: () => resolve(true), cut: () => resolve(false) }));
  }

  async function carry(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "", url: path = "", headers } = incoming;
    const token = (headers.authorization ?? "").replace(/^Bearer /, "");
    const call = { method, path, token, userAgent: headers["user-agent"] ?? "" };
    calls.push(call);
    const body = await buffer(incoming);
    if (!(await pass("call", call))) return void outgoing.destroy();
    const onward = request(`${to}${path}`, { method, headers, agent });
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      onward.once("response", resolve).once("error", reject).end(body);
    });
    if (!(await pass("answer", call))) {
      answer.destroy();
      outgoing.destroy();
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    outgoing.flushHeaders();
    outgoing.once("close", () => answer.destroy());
    answer.once("error", () => outgoing.destroy()).pipe(outgoing);
  }

  const server = createServer({ key: pem("server-key"), cert: pem("server") }, (incoming, outgoing) => {
    // Whatever goes wrong on the far side is a line that breaks on the near one.
    carry(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: authority,
    calls,
    holdNext: (side, fits) => new Promise((caught) => traps.add({ side, fits, caught })),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}
