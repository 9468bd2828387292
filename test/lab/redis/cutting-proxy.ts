import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands between a client and Redis and loses answers, as a network does. */
export interface CuttingProxy {
  /** What the client connects to instead: `redis://…` on loopback. */
  readonly url: string;
  /** How many answers were lost so far. */
  readonly cuts: number;
  /** The next so many commands of this name reach Redis and are carried out, but the connection ends before the answer. */
  cut(command: string, times?: number): void;
  close(): Promise<void>;
}

/** Before a Redis at `unix://…` or `redis://…`, on a port of loopback, any that is free unless told. */
export async function startCuttingProxy(redisUrl: string, wantedPort = 0): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let wanted: RegExp | undefined;
  let left = 0;
  let cuts = 0;

  const server = createServer((client) => {
    const redis = connectTo(redisUrl);
    let doomed = false;
    const end = () => {
      client.destroy();
      redis.destroy();
    };
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on("data", (commands) => {
      if (left > 0 && wanted?.test(commands.toString("latin1"))) {
        left -= 1;
        doomed = true;
      }
      redis.write(commands);
    });
    redis.on("data", (answers) => {
      if (!doomed) {
        client.write(answers);
        return;
      }
      // Redis has answered, so it has done what it was told.
      cuts += 1;
      end();
    });
  });
  server.listen(wantedPort, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `redis://127.0.0.1:${port}`,
    get cuts() {
      return cuts;
    },
    cut(command, times = 1) {
      // RESP writes each word of a command on a line of its own; the name is the first.
      wanted = new RegExp(`\\*\\d+\\r\\n\\$\\d+\\r\\n${command}\\r\\n`, "i");
      left = times;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

function connectTo(url: string): Socket {
  if (url.startsWith("unix://")) return connect(url.slice("unix://".length));
  const { hostname, port } = new URL(url);
  return connect(Number(port || 6379), hostname);
}
