import type { AddressInfo } from "node:net";
import { HTTPReceiver, type Logger, type Receiver, SocketModeReceiver } from "@slack/bolt";
import { sha256 } from "../../audit/canonical.ts";
import { late, orLate } from "./answer.ts";
import { codeOf } from "./api-fault.ts";
import { clientOptions } from "./clients.ts";
import type { Log } from "./log.ts";
import type { SlackSettings } from "./settings.ts";

/** What HTTP mode knows of one signed delivery. */
export interface SignedDelivery {
  /** Milliseconds since 1970, by Slack's clock; NaN = not said. */
  readonly signedAt: number;
  /** SHA-256 (hex) of the time and the exact bytes. */
  readonly digest: string;
}

/** What brings deliveries in. All of them feed one app. */
export interface Receiving {
  readonly receivers: readonly [Receiver, ...Receiver[]];
  /** Rejects when Slack does not let us in. Answers where HTTP mode listens. */
  start(): Promise<string | undefined>;
  stop(): Promise<void>;
}

export function openReceiving(settings: SlackSettings, logger: Logger, log: Log): Receiving {
  return settings.mode === "http" ? overHttp(settings, logger) : overSockets(settings, logger, log);
}

function overHttp(settings: SlackSettings, logger: Logger): Receiving {
  const { signingSecret, host, port } = settings;
  if (!signingSecret) throw new TypeError("http mode needs the signing secret");
  const receiver = new HTTPReceiver({
    signingSecret,
    logger,
    customPropertiesExtractor({ headers, rawBody }) {
      const time = String(headers["x-slack-request-timestamp"]);
      const delivery: SignedDelivery = { signedAt: Number(time) * 1000, digest: sha256(`${time}:${rawBody}`) };
      return { delivery };
    },
  });
  return {
    receivers: [receiver],
    async start() {
      const server = await receiver.start({ host, port });
      const { address, port: bound } = server.address() as AddressInfo;
      return `http://${address.includes(":") ? `[${address}]` : address}:${bound}/slack/events`;
    },
    stop: () => receiver.stop(),
  };
}

function overSockets(settings: SlackSettings, logger: Logger, log: Log): Receiving {
  const { appToken, connections = 2 } = settings;
  if (!appToken) throw new TypeError("socket mode needs the app-level token");
  const connect = () => connection(appToken, settings, logger, log);
  const all: readonly [Connection, ...Connection[]] = [
    connect(),
    ...Array.from({ length: Math.max(1, connections) - 1 }, connect),
  ];
  const [first, ...others] = all;
  return {
    receivers: [first.receiver, ...others.map(({ receiver }) => receiver)],
    async start() {
      await Promise.all(all.map((one) => one.start()));
      return undefined;
    },
    async stop() {
      await Promise.all(all.map((one) => one.stop()));
    },
  };
}

interface Connection {
  readonly receiver: SocketModeReceiver;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const connectPatience = 15_000;
const closePatience = 3_000;
const longestPause = 30_000;

/**
 * One connection that comes back by itself. The library's own way back waits five seconds, and a fault on it is an
 * unhandled rejection that ends the process; so it is switched off.
 */
function connection(appToken: string, settings: SlackSettings, logger: Logger, log: Log): Connection {
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: { ...clientOptions(settings, logger), timeout: 10_000 } },
  });
  let [connecting, stopped, failures] = [false, false, 0];
  let timer: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    connecting = true;
    try {
      if ((await orLate(receiver.start(), connectPatience)) === late) throw new Error("no hello from Slack");
      failures = 0;
    } finally {
      connecting = false;
    }
  }

  function reconnect(): void {
    if (stopped) return;
    const pause = failures === 0 ? 0 : Math.min(500 * 2 ** failures, longestPause);
    timer = setTimeout(() => {
      connect().catch((fault: unknown) => {
        failures++;
        log.warn("a connection to slack could not be made", { code: codeOf(fault), failures });
        reconnect();
      });
    }, pause);
  }

  receiver.client.on("disconnected", () => {
    if (!connecting) reconnect();
  });
  return {
    receiver,
    start: connect,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await orLate(receiver.client.disconnect(), closePatience);
    },
  };
}
