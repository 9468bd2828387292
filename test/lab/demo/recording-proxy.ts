import { request as ask, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands before an HTTP server and writes down what any server there would have in its log. */
export interface RecordingProxy {
  /** `http://127.0.0.1:port`. */
  readonly origin: string;
  /** Request line and headers of each request, bodies left out. */
  readonly heads: readonly string[];
  close(): Promise<void>;
}

/** Hands every request on to the server at `target`, unchanged. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const heads: string[] = [];
  const server = createServer((request, response) => {
    const { method, url = "/", headers, rawHeaders } = request;
    heads.push([`${method} ${url}`, ...rawHeaders].join("\n"));
    const onward = ask(new URL(url, target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heads,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
