import type { Fields } from "../json.ts";
import type { LoggedMessage } from "../message-log.ts";
import type { Parts } from "../parts.ts";

/** A message as the Web API and the payloads show it. */
interface MessageObject extends Fields {
  readonly type: "message";
  readonly user: string;
  readonly ts: string;
  readonly text: string;
}

export function messageObject(message: LoggedMessage, parts: Parts): MessageObject {
  const { app } = parts;
  return {
    type: "message",
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: app.teamId,
    ...(message.user === app.botUserId ? { bot_id: app.botId, app_id: app.appId } : {}),
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
    ...(message.broadcast ? { subtype: "thread_broadcast" } : {}),
    ...(message.edited ? { edited: { user: message.user, ts: message.ts } } : {}),
    ...(message.metadata ? { metadata: message.metadata } : {}),
    ...(message.reactions ? { reactions: reactionObjects(message.reactions) } : {}),
    ...threadFields(message, parts),
  };
}

function threadFields(message: LoggedMessage, { messages }: Parts): Fields {
  const replies = messages.thread(message.channel, message.ts).filter(({ ts }) => ts !== message.ts);
  const last = replies.at(-1);
  return last
    ? {
        thread_ts: message.ts,
        reply_count: replies.length,
        reply_users: [...new Set(replies.map(({ user }) => user))],
        latest_reply: last.ts,
      }
    : {};
}

function reactionObjects(reactions: Readonly<Record<string, readonly string[]>>): Fields[] {
  return Object.entries(reactions).map(([name, users]) => ({ name, users, count: users.length }));
}
