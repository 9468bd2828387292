import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A wire between a client and a server on loopback, which can be cut. It sees only bytes: TLS goes through it. */
export interface Line {
  readonly server: string;
  /** The server's next words are lost, and the connection with them: what was asked has its effect all the same. */
  loseNextReply(): void;
  /** Cuts every connection there is now; new ones can be made. */
  cut(): void;
  close(): Promise<void>;
}

/** Lays a line to a server; `to` is its address. */
export async function layLine(to: string): Promise<Line> {
  const { hostname, port } = new URL(to);
  const ends = new Set<Socket>();
  let losing = false;
  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) });
    const hangUp = () => {
      near.destroy();
      far.destroy();
      ends.delete(near);
    };
    ends.add(near);
    near.pipe(far);
    far.on("data", (words) => {
      if (!losing) return void near.write(words);
      losing = false;
      hangUp();
    });
    for (const end of [near, far]) end.on("error", hangUp).on("close", hangUp);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const near of ends) near.destroy();
  };
  return {
    server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseNextReply() {
      losing = true;
    },
    cut,
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
