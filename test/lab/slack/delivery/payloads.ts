import type {
  BasicElementAction,
  BlockAction,
  SlashCommand,
  ViewClosedAction,
  ViewOutput,
  ViewSubmitAction,
} from "@slack/bolt";
import type { AppMentionEvent } from "@slack/types";
import type { LoggedMessage } from "../message-log.ts";
import type { Parts } from "../parts.ts";
import { messageObject } from "../web-api/message-object.ts";
import type { Channel, Person } from "../workspace.ts";

/** Bolt types `enterprise` as absent; outside of Enterprise Grid Slack sends null. */
type OffGrid<T> = Omit<T, "enterprise"> & { enterprise: null };

/** A modal's actions come without a response_url, an ephemeral message's without the message. */
type Clicked = Omit<OffGrid<BlockAction<BasicElementAction>>, "response_url"> & { response_url?: string };

export function slashCommand(
  person: Person,
  channel: Channel,
  typed: { readonly command: string; readonly text: string },
  reach: { readonly triggerId: string; readonly responseUrl: string },
  { app, directory }: Parts,
) {
  return {
    token: app.verificationToken,
    team_id: person.teamId ?? app.teamId,
    team_domain: app.teamDomain,
    channel_id: channel.id,
    channel_name: directory.nameInPayloads(channel),
    user_id: person.id,
    user_name: person.name,
    command: typed.command,
    text: typed.text,
    api_app_id: app.appId,
    is_enterprise_install: "false",
    response_url: reach.responseUrl,
    trigger_id: reach.triggerId,
  } satisfies SlashCommand;
}

export function messageAction(
  person: Person,
  channel: Channel,
  message: LoggedMessage,
  action: BasicElementAction,
  reach: { readonly triggerId: string; readonly responseUrl: string },
  parts: Parts,
): Clicked {
  const isEphemeral = message.ephemeralFor !== undefined;
  return {
    type: "block_actions",
    ...envelope(person, parts),
    trigger_id: reach.triggerId,
    response_url: reach.responseUrl,
    container: {
      type: "message",
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
      ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
    },
    channel: { id: channel.id, name: parts.directory.nameInPayloads(channel) },
    ...(isEphemeral ? {} : { message: messageObject(message, parts) }),
    state: { values: {} },
    actions: [action],
  };
}

export function viewAction(
  person: Person,
  view: ViewOutput,
  action: BasicElementAction,
  triggerId: string,
  parts: Parts,
): Clicked {
  return {
    type: "block_actions",
    ...envelope(person, parts),
    trigger_id: triggerId,
    container: { type: "view", view_id: view.id },
    view,
    actions: [action],
  };
}

export function viewSubmission(
  person: Person,
  view: ViewOutput,
  triggerId: string,
  parts: Parts,
): OffGrid<ViewSubmitAction> {
  return { type: "view_submission", ...envelope(person, parts), trigger_id: triggerId, view, response_urls: [] };
}

export function viewClosed(
  person: Person,
  view: ViewOutput,
  isCleared: boolean,
  parts: Parts,
): OffGrid<ViewClosedAction> {
  return { type: "view_closed", ...envelope(person, parts), view, is_cleared: isCleared };
}

export function appMention(person: Person, message: LoggedMessage, { app, now }: Parts) {
  return {
    token: app.verificationToken,
    team_id: app.teamId,
    context_team_id: app.teamId,
    context_enterprise_id: null,
    api_app_id: app.appId,
    event: {
      type: "app_mention",
      user: person.id,
      text: message.text,
      ts: message.ts,
      channel: message.channel,
      event_ts: message.ts,
      team: person.teamId ?? app.teamId,
    } satisfies AppMentionEvent,
    type: "event_callback",
    event_id: `Ev${message.ts.replace(".", "")}`,
    event_time: Math.floor(now() / 1000),
    authorizations: [
      { enterprise_id: null, team_id: app.teamId, user_id: app.botUserId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
  };
}

/** What every interaction carries: who, where from, and for which app. */
function envelope(person: Person, { app }: Parts) {
  return {
    user: {
      id: person.id,
      username: person.name,
      name: person.name,
      team_id: person.teamId ?? app.teamId,
    },
    api_app_id: app.appId,
    token: app.verificationToken,
    team: { id: app.teamId, domain: app.teamDomain },
    enterprise: null,
    is_enterprise_install: false,
  };
}
