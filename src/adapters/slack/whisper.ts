import type { KnownBlock } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import { codeOf } from "./api-fault.ts";
import { lines, richText, spoken } from "./blocks.ts";
import { escaped } from "./escape.ts";
import type { Log } from "./log.ts";

/** A message as text for notifications and as blocks. */
export interface Reply {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/** A reply of plain sentences; what stands between backticks is shown as code. */
export function reply(...sentences: readonly string[]): Reply {
  return {
    text: escaped(sentences.join(" "), 1_000),
    blocks: [richText(lines(...sentences.map(spoken)))],
  };
}

/** Never lets text of ours or of others become a link, a mention or a preview. */
export const inert = { parse: "none", link_names: false, unfurl_links: false, unfurl_media: false } as const;

/** Tells one person something, after the time for an answer is over. Never throws: what cannot be told is logged. */
export type Whisper = (user: string, channel: string | undefined, message: Reply) => Promise<void>;

export function createWhisper(client: WebClient, log: Log): Whisper {
  return async (user, channel, { text, blocks }) => {
    const message = { text, blocks: [...blocks], ...inert };
    try {
      if (channel !== undefined) {
        await client.chat.postEphemeral({ channel, user, ...message });
        return;
      }
    } catch (fault) {
      log.info("an ephemeral message could not be shown", { code: codeOf(fault) });
    }
    try {
      const { channel: direct } = await client.conversations.open({ users: user });
      if (direct?.id) await client.chat.postMessage({ channel: direct.id, ...message });
    } catch (fault) {
      log.warn("a person could not be told", { code: codeOf(fault) });
    }
  };
}
