import { WebAPIPlatformError, WebClient } from "@slack/web-api";
import { SILENT } from "./silent-logger.ts";
import type { SlackDouble } from "./workspace.ts";

/** Slack's own client against the double: it never retries, and says nothing on the console. */
export function webClient(slack: SlackDouble, token: string | undefined = slack.botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: SILENT,
  });
}

export interface Refusal {
  readonly error: string;
  /** `response_metadata.messages`. */
  readonly messages: readonly string[];
}

/** How Slack refused a call; throws when it did not. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError)) throw error;
    const { error: code, response_metadata: about } = error.data;
    return { error: code, messages: about?.messages ?? [] };
  }
  throw new Error("Slack did not refuse");
}
