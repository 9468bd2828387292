import type { Server } from "node:http";
import { App } from "@slack/bolt";
import { SILENT } from "./silent-logger.ts";
import type { SlackDouble } from "./workspace.ts";

export type Mode = "http" | "socket";

export interface RunningApp {
  readonly app: App;
  /** Where it takes deliveries in HTTP mode. */
  readonly requestUrl: string | undefined;
  stop(): Promise<void>;
}

/** Starts a real Bolt app against the double, in either mode, and waits until deliveries reach it. */
export async function startBoltApp(slack: SlackDouble, mode: Mode, listen: (app: App) => void): Promise<RunningApp> {
  const app = new App({
    token: slack.botToken,
    convoStore: false,
    deferInitialization: true,
    logger: SILENT,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
    ...(mode === "socket" ? { socketMode: true, appToken: slack.appToken } : { signingSecret: slack.signingSecret }),
  });
  await app.init();
  listen(app);
  const server = mode === "socket" ? await app.start() : await app.start({ port: 0, host: "127.0.0.1" });
  const requestUrl = mode === "socket" ? undefined : requestUrlOf(server);
  slack.setRequestUrl(requestUrl);
  await slack.ready();
  return { app, requestUrl, stop: async () => void (await app.stop()) };
}

function requestUrlOf(server: unknown): string {
  const address = isServer(server) ? server.address() : null;
  if (address === null || typeof address === "string") throw new Error("the app listens on no port");
  return `http://127.0.0.1:${address.port}/slack/events`;
}

function isServer(value: unknown): value is Server {
  return typeof value === "object" && value !== null && "address" in value;
}
