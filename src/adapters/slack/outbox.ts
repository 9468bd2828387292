import type { KnownBlock, MessageMetadata } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import { apiFaultOf } from "./api-fault.ts";
import { limits, plainText } from "./blocks.ts";
import { clip } from "./escape.ts";
import { tagOf } from "./recall.ts";
import type { Place, Surface } from "./surface.ts";
import { inert } from "./whisper.ts";

/** Takes one surface to Slack in one call. What goes wrong is thrown; nothing is tried twice here. */
export interface Outbox {
  /** `thread`: the ts of the message it replies to. What everybody sees says of itself which request it is about. */
  post(request: string, surface: Surface, thread: string | undefined): Promise<Place>;
  edit(surface: Surface, place: Place): Promise<void>;
}

export function createOutbox(client: WebClient): Outbox {
  async function postTo(channel: string, surface: Surface, about: Tag = {}, thread?: string): Promise<Place> {
    const message = { channel, ...contentOf(surface), ...about, ...inert };
    const answer = await (thread === undefined
      ? client.chat.postMessage(message)
      : client.chat.postMessage({ ...message, thread_ts: thread, reply_broadcast: surface.broadcast === true }));
    return { channel: answer.channel ?? channel, ts: answer.ts ?? "" };
  }

  async function whisperTo(user: string, surface: Surface): Promise<Place> {
    const { channel } = surface;
    try {
      const answer = await client.chat.postEphemeral({ channel, user, ...contentOf(surface), ...inert });
      return { channel, ts: answer.message_ts ?? "" };
    } catch (thrown) {
      const fault = apiFaultOf(thrown);
      if (fault.fault !== "refused" || !notThere.includes(fault.code)) throw thrown;
    }
    const direct = await client.conversations.open({ users: user });
    return postTo(direct.channel?.id ?? user, surface);
  }

  return {
    post: (request, surface, thread) =>
      surface.ephemeralFor === undefined
        ? postTo(surface.channel, surface, { metadata: tagOf(request, surface.key) }, thread)
        : whisperTo(surface.ephemeralFor, surface),
    async edit(surface, { channel, ts }) {
      const { link_names, parse } = inert;
      await client.chat.update({ channel, ts, ...contentOf(surface), link_names, parse });
    },
  };
}

type Tag = { readonly metadata?: MessageMetadata };

/** A private answer finds its reader in direct messages when the app or the person is not in the channel. */
const notThere: readonly string[] = ["channel_not_found", "not_in_channel", "user_not_in_channel"];

/** The bare text with the buttons: what Slack takes when it finds fault with the blocks. */
export function bare(surface: Surface): Surface {
  const buttons = surface.blocks.filter((block) => block.type === "actions");
  return { ...surface, blocks: [{ type: "section", text: plainText(surface.text, limits.section) }, ...buttons] };
}

function contentOf({ text, blocks }: Surface): { text: string; blocks: KnownBlock[] } {
  return { text: clip(text, limits.messageText), blocks: blocks.slice(0, limits.messageBlocks) };
}
