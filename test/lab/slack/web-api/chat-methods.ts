import type { LoggedMessage } from "../message-log.ts";
import type { Parts } from "../parts.ts";
import type { Channel } from "../workspace.ts";
import type { ApiArguments } from "./api-arguments.ts";
import { ApiRefusal } from "./api-refusal.ts";
import { contentOf, metadataOf } from "./message-content.ts";
import { messageObject } from "./message-object.ts";
import { knownChannel, type Method } from "./method.ts";

/** chat.update refuses a longer text: facts/slack.md section 3. */
const LONGEST_UPDATE = 4000;

const write = () => "chat:write";

const postMessage: Method = {
  scope: write,
  run(args, parts) {
    const channel = destination(args.required("channel"), parts);
    const { text, blocks } = contentOf(args);
    const metadata = metadataOf(args);
    const thread = threadIn(channel, args, parts);
    parts.pace?.spend(channel.id);
    // Slack documents it "in conjunction with thread_ts" only.
    const broadcast = thread.threadTs !== undefined && args.flag("reply_broadcast");
    const message = parts.messages.add({
      channel: channel.id,
      user: parts.app.botUserId,
      text: text ?? "",
      blocks: blocks ?? [],
      edited: false,
      ...thread,
      ...(broadcast ? { broadcast } : {}),
      ...(metadata && metadata !== "none" ? { metadata } : {}),
    });
    return { channel: channel.id, ts: message.ts, message: messageObject(message, parts) };
  },
};

const postEphemeral: Method = {
  scope: write,
  run(args, parts) {
    const channel = postable(args.required("channel"), parts);
    const person = args.required("user");
    if (!channel.members.includes(person)) throw new ApiRefusal("user_not_in_channel");
    const { text, blocks } = contentOf(args);
    const message = parts.messages.add({
      channel: channel.id,
      user: parts.app.botUserId,
      text: text ?? "",
      blocks: blocks ?? [],
      edited: false,
      ephemeralFor: person,
      ...threadIn(channel, args, parts),
    });
    return { message_ts: message.ts };
  },
};

const update: Method = {
  scope: write,
  run(args, parts) {
    const message = postedMessage(args.required("channel"), args.required("ts"), parts);
    if (message.user !== parts.app.botUserId) throw new ApiRefusal("cant_update_message");
    if ((args.text("text") ?? "").length > LONGEST_UPDATE) throw new ApiRefusal("msg_too_long");
    const { text, blocks } = contentOf(args);
    const metadata = metadataOf(args);
    const { metadata: kept, ...bare } = message;
    // A text without blocks takes the blocks away, and only then does Slack mark the message as edited.
    const changed: LoggedMessage = {
      ...bare,
      text: text ?? message.text,
      blocks: blocks ?? (text === undefined ? message.blocks : []),
      edited: message.edited || (blocks ?? []).length === 0,
      ...keptOrNew(kept, metadata),
    };
    parts.messages.replace(changed);
    return { channel: changed.channel, ts: changed.ts, text: changed.text, message: messageObject(changed, parts) };
  },
};

const remove: Method = {
  scope: write,
  run(args, parts) {
    const message = postedMessage(args.required("channel"), args.required("ts"), parts);
    if (message.user !== parts.app.botUserId) throw new ApiRefusal("cant_delete_message");
    parts.messages.remove(message);
    return { channel: message.channel, ts: message.ts };
  },
};

const getPermalink: Method = {
  run(args, parts) {
    const message = postedMessage(args.required("channel"), args.required("message_ts"), parts);
    const { channel, ts, threadTs } = message;
    const thread = threadTs ? `?thread_ts=${threadTs}&cid=${channel}` : "";
    const permalink = `https://${parts.app.teamDomain}.slack.com/archives/${channel}/p${ts.replace(".", "")}${thread}`;
    return { channel, permalink };
  },
};

const addReaction: Method = {
  scope: () => "reactions:write",
  run(args, parts) {
    const message = postedMessage(args.required("channel"), args.required("timestamp"), parts);
    const name = args.required("name");
    if (!/^[a-z0-9_+'-]{1,100}$/.test(name)) throw new ApiRefusal("invalid_name");
    const reactions = message.reactions ?? {};
    const users = reactions[name] ?? [];
    if (users.includes(parts.app.botUserId)) throw new ApiRefusal("already_reacted");
    parts.messages.replace({ ...message, reactions: { ...reactions, [name]: [...users, parts.app.botUserId] } });
    return {};
  },
};

export const CHAT_METHODS: Readonly<Record<string, Method>> = {
  "chat.postMessage": postMessage,
  "chat.postEphemeral": postEphemeral,
  "chat.update": update,
  "chat.delete": remove,
  "chat.getPermalink": getPermalink,
  "reactions.add": addReaction,
};

/** Where a message goes: a channel, or the direct channel of the person whose id was given. */
function destination(id: string, parts: Parts): Channel {
  const person = parts.directory.person(id);
  if (!person) return postable(id, parts);
  if (person.isBot) throw new ApiRefusal("cannot_dm_bot");
  if (person.deleted) throw new ApiRefusal("channel_not_found");
  return parts.directory.directChannel(person);
}

function postable(id: string, parts: Parts): Channel {
  const channel = knownChannel(id, parts);
  const anywhere = parts.app.scopes.includes("chat:write.public");
  if (!anywhere && !parts.directory.isIn(channel, parts.app.botUserId)) throw new ApiRefusal("not_in_channel");
  return channel;
}

/** A message by its ts; ephemerals cannot be found again, not even by who posted them. */
function postedMessage(channelId: string, ts: string, parts: Parts): LoggedMessage {
  const message = parts.messages.find(knownChannel(channelId, parts).id, ts);
  if (!message || message.ephemeralFor) throw new ApiRefusal("message_not_found");
  return message;
}

/** The thread a message joins: a reply to a reply joins the thread of the first message. */
function threadIn(channel: Channel, args: ApiArguments, { messages }: Parts): { threadTs?: string } {
  const ts = args.text("thread_ts");
  if (!ts) return {};
  const parent = messages.find(channel.id, ts);
  if (!parent) throw new ApiRefusal("thread_not_found");
  return { threadTs: parent.threadTs ?? parent.ts };
}

function keptOrNew(
  kept: LoggedMessage["metadata"],
  given: ReturnType<typeof metadataOf>,
): Pick<LoggedMessage, "metadata"> {
  if (given === "none") return {};
  const metadata = given ?? kept;
  return metadata ? { metadata } : {};
}
