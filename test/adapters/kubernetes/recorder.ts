import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";

const certificate = (name: string) =>
  readFileSync(new URL(`../../lab/kubernetes/certificate/test-only-${name}.pem`, import.meta.url), "utf8");

/** The lab's authority; its server certificate also serves as a client's here. */
export const testAuthority = certificate("ca");
export const testCertificate = { cert: certificate("server"), key: certificate("server-key") };

/** One request as it came off the wire. */
export interface Recorded {
  readonly method: string;
  /** Path and query, not normalised by anybody. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whether the connection it came on had a client certificate. */
  readonly certified: boolean;
}

export type Answering = (request: Recorded, response: ServerResponse) => void;

/** An HTTPS server on loopback that writes down all it is sent. */
export interface Recorder {
  readonly server: string;
  readonly requests: Recorded[];
  /** Connections accepted since the start. */
  connections(): number;
  answer: Answering;
  close(): Promise<void>;
}

export async function startRecorder(answer: Answering = answerJson({})): Promise<Recorder> {
  let connections = 0;
  const server = createServer({ ...testCertificate, ca: testAuthority, requestCert: true, rejectUnauthorized: false });
  const requests: Recorded[] = [];
  server.on("secureConnection", () => connections++);
  server.on("request", async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const recorded = {
      method: request.method ?? "",
      target: request.url ?? "",
      headers: request.headers,
      body: Buffer.concat(chunks).toString("utf8"),
      certified: Object.keys((request.socket as TLSSocket).getPeerCertificate() ?? {}).length > 0,
    };
    requests.push(recorded);
    recorder.answer(recorded, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const recorder: Recorder = {
    server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    answer,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return recorder;
}

export function answerJson(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answering {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/json", "audit-id": "audit-1", ...headers });
    response.end(JSON.stringify(body));
  };
}
