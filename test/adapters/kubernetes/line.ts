import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A wire between a client and a server on loopback, which can be cut. It sees only bytes: TLS goes through it. */
export interface Line {
  readonly server: string;
  /**
   * The answer to the next question is lost, and the client's connection with it. The server hears nothing of that: what
   * was asked has its effect all the same, soon.
   */
  loseNextReply(): void;
  /** Cuts every connection there is now; new ones can be made. */
  cut(): void;
  close(): Promise<void>;
}

/** The longest that ends a TLS 1.3 handshake on the client's side, in bytes, with room; any question is longer. */
const finished = 150;
/** RFC 8446 section 5.1: type 23, application data; five bytes of type, version and length before each record. */
const [applicationData, headLength] = [23, 5];

/** Whether one of the records a client sends is long enough to be more than a part of the handshake. */
function holdsQuestion(words: Buffer): boolean {
  for (let at = 0; at + headLength <= words.length; at += headLength + words.readUInt16BE(at + 3))
    if (words[at] === applicationData && words.readUInt16BE(at + 3) > finished) return true;
  return false;
}

/** Lays a line to a server; `to` is its address. */
export async function layLine(to: string): Promise<Line> {
  const { hostname, port } = new URL(to);
  const ends = new Set<Socket>();
  const left = new Set<Socket>();
  let losing = false;
  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) });
    const hangUp = () => {
      near.destroy();
      far.destroy();
      ends.delete(near);
    };
    let asked = false;
    ends.add(near);
    left.add(far);
    near.on("data", (words) => {
      if (losing && holdsQuestion(words)) [losing, asked] = [false, true];
      far.write(words);
    });
    far.on("data", (words) => {
      if (!asked) near.write(words);
      else near.destroy();
    });
    near.on("error", () => undefined);
    near.on("close", () => {
      ends.delete(near);
      // A server whose client has gone may drop what it was asked to do.
      if (!asked) far.destroy();
    });
    far.on("error", hangUp).on("close", () => {
      left.delete(far);
      hangUp();
    });
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
      for (const far of left) far.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
