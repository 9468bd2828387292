import type { Fields } from "../json.ts";
import type { LoggedMessage } from "../message-log.ts";
import type { Parts } from "../parts.ts";
import type { Person } from "../workspace.ts";
import type { ApiArguments } from "./api-arguments.ts";
import { ApiRefusal } from "./api-refusal.ts";
import { conversationObject, userGroupObject, userObject } from "./directory-objects.ts";
import { messageObject } from "./message-object.ts";
import { conversationScope, knownChannel, type Method, page } from "./method.ts";

const authTest: Method = {
  run: (_args, { app }) => ({
    url: `https://${app.teamDomain}.slack.com/`,
    team: app.teamDomain,
    user: app.botName,
    team_id: app.teamId,
    user_id: app.botUserId,
    bot_id: app.botId,
    is_enterprise_install: false,
  }),
};

const openConnection: Method = {
  token: "app",
  run: (_args, parts) => ({ url: parts.socketUrl() }),
};

const userInfo: Method = {
  scope: () => "users:read",
  run: (args, parts) => ({ user: userObject(personIn(args.required("user"), parts), parts) }),
};

const conversationInfo: Method = {
  scope: conversationScope("read"),
  run(args, parts) {
    const channel = knownChannel(args.required("channel"), parts);
    const count = args.flag("include_num_members") ? { num_members: parts.directory.membersOf(channel).length } : {};
    return { channel: { ...conversationObject(channel, parts), ...count } };
  },
};

const conversationMembers: Method = {
  scope: conversationScope("read"),
  run(args, parts) {
    const { directory } = parts;
    const { items, next } = page(directory.membersOf(knownChannel(args.required("channel"), parts)), args, 100);
    return { members: items, response_metadata: { next_cursor: next } };
  },
};

const conversationReplies: Method = {
  scope: conversationScope("history"),
  run(args, parts) {
    const channel = knownChannel(args.required("channel"), parts);
    if (!parts.directory.isIn(channel, parts.app.botUserId)) throw new ApiRefusal("not_in_channel");
    const thread = parts.messages.thread(channel.id, args.required("ts"));
    if (thread.length === 0) throw new ApiRefusal("thread_not_found");
    return pageOf(thread, args, parts, 1000);
  },
};

/** The first messages of a channel and what was shown in it as well, the newest first; replies are in their threads. */
const conversationHistory: Method = {
  scope: conversationScope("history"),
  run(args, parts) {
    const channel = knownChannel(args.required("channel"), parts);
    if (!parts.directory.isIn(channel, parts.app.botUserId)) throw new ApiRefusal("not_in_channel");
    const public_ = parts.messages
      .all()
      .filter(
        (one) => one.channel === channel.id && !one.ephemeralFor && (one.threadTs === undefined || one.broadcast),
      );
    return pageOf(public_.toReversed(), args, parts, 100);
  },
};

const openConversation: Method = {
  scope: () => "im:write",
  run(args, parts) {
    const known = args.text("channel");
    const channel = known ? knownChannel(known, parts) : parts.directory.directChannel(partnerIn(args, parts));
    return { channel: args.flag("return_im") ? conversationObject(channel, parts) : { id: channel.id } };
  },
};

const groupUsers: Method = {
  scope: () => "usergroups:read",
  run(args, { directory }) {
    const group = directory.group(args.required("usergroup"));
    if (!group || (group.disabled && !args.flag("include_disabled"))) throw new ApiRefusal("no_such_subteam");
    return { users: group.members };
  },
};

const groups: Method = {
  scope: () => "usergroups:read",
  run(args, parts) {
    const listed = parts.directory.groups().filter((group) => !group.disabled || args.flag("include_disabled"));
    return { usergroups: listed.map((group) => userGroupObject(group, args.flag("include_users"), parts)) };
  },
};

export const DIRECTORY_METHODS: Readonly<Record<string, Method>> = {
  "auth.test": authTest,
  "apps.connections.open": openConnection,
  "users.info": userInfo,
  "conversations.info": conversationInfo,
  "conversations.members": conversationMembers,
  "conversations.history": conversationHistory,
  "conversations.replies": conversationReplies,
  "conversations.open": openConversation,
  "usergroups.users.list": groupUsers,
  "usergroups.list": groups,
};

/** One page of messages within `oldest` and `latest`, which they themselves do not count to unless `inclusive`. */
function pageOf(all: readonly LoggedMessage[], args: ApiArguments, parts: Parts, size: number): Fields {
  const [oldest, latest] = [Number(args.text("oldest") ?? 0), Number(args.text("latest") ?? Number.POSITIVE_INFINITY)];
  const inclusive = args.flag("inclusive");
  const within = all.filter(({ ts }) => {
    const at = Number(ts);
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  });
  const { items, next } = page(within, args, size);
  const withMetadata = args.flag("include_all_metadata");
  const messages = items.map((message) => {
    const { metadata, ...bare } = messageObject(message, parts);
    return withMetadata && metadata ? { ...bare, metadata } : bare;
  });
  return { messages, has_more: next !== "", response_metadata: { next_cursor: next } };
}

function personIn(id: string, { directory }: Parts): Person {
  const person = directory.person(id);
  if (!person) throw new ApiRefusal("user_not_found");
  return person;
}

/** The double knows direct channels of one person with the app, not group conversations. */
function partnerIn(args: ApiArguments, parts: Parts): Person {
  const ids = args.required("users").split(",");
  if (ids.length !== 1) throw new ApiRefusal("method_not_supported_for_channel_type");
  const person = personIn(ids[0] ?? "", parts);
  if (person.isBot) throw new ApiRefusal("cannot_dm_bot");
  if (person.deleted) throw new ApiRefusal("user_disabled");
  return person;
}
