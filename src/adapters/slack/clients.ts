import type { Logger } from "@slack/bolt";
import { WebClient, type WebClientOptions } from "@slack/web-api";
import type { SlackSettings } from "./settings.ts";

/** Two clients, for the library's defaults repeat a post whose answer was slow (facts/slack.md section 2). */
export interface Clients {
  /** For what a person waits for: a trigger dies after 3 s. */
  readonly interactive: WebClient;
  /** For what may take its time. Nothing is ever repeated by the library. */
  readonly outbox: WebClient;
}

export function openClients(settings: Pick<SlackSettings, "botToken" | "slackApiUrl">, logger: Logger): Clients {
  // Fresh options each: the library writes into what it is given.
  const client = (timeout: number) => new WebClient(settings.botToken, { ...clientOptions(settings, logger), timeout });
  return { interactive: client(2_500), outbox: client(10_000) };
}

/** What every client of the library must be told; never `headers`, into which it writes the first workspace's token. */
export function clientOptions(settings: Pick<SlackSettings, "slackApiUrl">, logger: Logger): WebClientOptions {
  return {
    ...(settings.slackApiUrl === undefined ? {} : { slackApiUrl: settings.slackApiUrl }),
    logger,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  };
}
