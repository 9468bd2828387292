import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Incoming {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP answer, or the connection cut before there is one. */
export type Reply =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | "cut";

export interface HttpDoor {
  readonly server: Server;
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on a free loopback port and answers every POST. */
export async function openHttpDoor(answer: (incoming: Incoming) => Reply): Promise<HttpDoor> {
  const server = createServer(async (request, response) => {
    // A caller that hangs up while it is still talking gets no answer.
    const incoming = await read(request).catch(() => undefined);
    if (!incoming) return;
    const reply: Reply =
      request.method === "POST" ? answer(incoming) : { status: 405, headers: {}, body: "method_not_allowed" };
    if (reply === "cut") request.socket.destroy();
    else response.writeHead(reply.status, reply.headers).end(reply.body);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return { server, port: portOf(server.address()), close: () => closed(server) };
}

async function read(request: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return { path: request.url ?? "/", headers: request.headers, body: Buffer.concat(chunks).toString("utf8") };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the double's server has no port");
  return address.port;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
