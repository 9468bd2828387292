import type { WebClient } from "@slack/web-api";
import type { SlackGroups } from "../../ports.ts";
import { codeOf } from "./api-fault.ts";
import { openClients } from "./clients.ts";
import type { Log } from "./log.ts";
import { quietLogger } from "./quiet-logger.ts";
import type { SlackSettings } from "./settings.ts";

// Tier 2 of Slack's rate limits: 20 calls a minute, and one a minute for each group is enough.
const remembered = 60_000;

/** User groups of the workspace that the bot is installed in. */
export function openUserGroups(settings: Pick<SlackSettings, "botToken" | "slackApiUrl">, log: Log): SlackGroups {
  return createUserGroups(openClients(settings, quietLogger(log)).interactive, log);
}

/** Asks Slack, remembers for at most a minute; while Slack does not answer, and of a disabled group, nobody is a member. */
export function createUserGroups(client: WebClient, log: Log, clock: () => number = Date.now): SlackGroups {
  const known = new Map<string, { readonly at: number; readonly users: ReadonlySet<string> }>();

  async function usersOf(group: string): Promise<ReadonlySet<string>> {
    const found = known.get(group);
    const at = clock();
    if (found && at - found.at < remembered) return found.users;
    const { users = [] } = await client.usergroups.users.list({ usergroup: group });
    const listed = new Set(users);
    known.set(group, { at, users: listed });
    return listed;
  }

  return {
    async lists(group, { user }) {
      try {
        return (await usersOf(group)).has(user);
      } catch (fault) {
        log.warn("a user group could not be read, so nobody is in it", { group, code: codeOf(fault) });
        return false;
      }
    },
  };
}
