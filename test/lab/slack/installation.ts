import { randomBytes } from "node:crypto";

/** The one app of the workspace, and what Slack gave its owner. */
export interface Installation {
  readonly teamId: string;
  readonly teamDomain: string;
  readonly appId: string;
  readonly botUserId: string;
  readonly botId: string;
  readonly botName: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  /** Slack's deprecated verification token, still in every payload. */
  readonly verificationToken: string;
  readonly scopes: readonly string[];
  readonly commands: readonly string[];
}

/** The scopes the app's manifest asks for: facts/slack.md section 3. */
export const DEFAULT_SCOPES = [
  "commands",
  "chat:write",
  "users:read",
  "usergroups:read",
  "channels:read",
  "groups:read",
  "im:write",
  "channels:history",
  "groups:history",
] as const;

export function installApp(teamId: string, scopes: readonly string[], commands: readonly string[]): Installation {
  return {
    teamId,
    teamDomain: "countersign-lab",
    appId: "A0COUNTERSIGN",
    botUserId: "U0COUNTERSIGN",
    botId: "B0COUNTERSIGN",
    botName: "countersign",
    botToken: `xoxb-${randomBytes(12).toString("hex")}`,
    appToken: `xapp-1-${randomBytes(12).toString("hex")}`,
    signingSecret: randomBytes(16).toString("hex"),
    verificationToken: randomBytes(12).toString("hex"),
    scopes,
    commands,
  };
}
