import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What stands before the web processes' pages, as an ingress does: an address that is known before they are started. */
export interface FrontDoor {
  /** `http://localhost:port`: a passkey belongs to a name, and browsers give it to this one without a certificate. */
  readonly origin: string;
  /** Leads to the server at this address from now on. */
  leadTo(address: string): void;
  close(): Promise<void>;
}

export async function openFrontDoor(): Promise<FrontDoor> {
  let target: URL | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((inward) => {
    if (!target) return void inward.destroy();
    const onward = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [inward, onward],
      [onward, inward],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    leadTo: (address) => {
      target = new URL(address);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
