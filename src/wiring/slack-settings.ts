import type { SlackSettings } from "../adapters/slack/slack.ts";
import type { WebSettings } from "../config.ts";

/** How we are in Slack, as web's settings have it. */
export function slackSettingsOf(settings: WebSettings): SlackSettings {
  const clusters = settings.COUNTERSIGN_CLUSTERS;
  return {
    mode: settings.SLACK_MODE,
    botToken: settings.SLACK_BOT_TOKEN,
    ...(settings.SLACK_APP_TOKEN ? { appToken: settings.SLACK_APP_TOKEN } : {}),
    ...(settings.SLACK_SIGNING_SECRET ? { signingSecret: settings.SLACK_SIGNING_SECRET } : {}),
    ...(settings.SLACK_API_URL ? { slackApiUrl: settings.SLACK_API_URL } : {}),
    appId: settings.SLACK_APP_ID,
    teams: settings.SLACK_TEAMS,
    command: settings.SLACK_COMMAND,
    approvalsChannel: settings.SLACK_APPROVALS_CHANNEL,
    securityChannel: settings.SLACK_SECURITY_CHANNEL ?? settings.SLACK_APPROVALS_CHANNEL,
    host: settings.HOST,
    port: settings.PORT,
    clusters,
    defaultCluster: settings.COUNTERSIGN_DEFAULT_CLUSTER ?? clusters[0] ?? "",
    pace: settings.SLACK_PACE === "on",
  };
}
