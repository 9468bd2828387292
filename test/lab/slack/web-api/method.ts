import type { Fields } from "../json.ts";
import type { Parts } from "../parts.ts";
import type { Channel } from "../workspace.ts";
import type { ApiArguments } from "./api-arguments.ts";
import { ApiRefusal } from "./api-refusal.ts";

/** One method of the Web API. */
export interface Method {
  /** Which of the app's tokens calls it; the bot's when absent. */
  readonly token?: "app";
  /** The scope a call needs; none when absent. */
  readonly scope?: (args: ApiArguments, parts: Parts) => string;
  /** The answer's fields beside `ok`. Refuses by throwing an ApiRefusal. */
  run(args: ApiArguments, parts: Parts): Fields;
}

/** A channel the app may know of, or `channel_not_found`: a private one it is not in does not exist for it. */
export function knownChannel(id: string, { directory, app }: Parts): Channel {
  const channel = directory.channel(id);
  if (!channel) throw new ApiRefusal("channel_not_found");
  if (channel.isPrivate && !directory.isIn(channel, app.botUserId)) throw new ApiRefusal("channel_not_found");
  return channel;
}

/** The scope for reading a conversation, which depends on its kind. */
export function conversationScope(right: "read" | "history"): NonNullable<Method["scope"]> {
  return (args, { directory }) => {
    const channel = directory.channel(args.text("channel") ?? "");
    if (channel?.isIm) return `im:${right}`;
    return channel?.isPrivate ? `groups:${right}` : `channels:${right}`;
  };
}

/** One page of a list, and the cursor of the next ("" at the end). */
export function page<T>(items: readonly T[], args: ApiArguments, size: number): { items: T[]; next: string } {
  const start = Number(Buffer.from(args.text("cursor") ?? "", "base64url").toString() || 0);
  if (!Number.isInteger(start)) throw new ApiRefusal("invalid_cursor");
  const end = start + args.number("limit", size);
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(String(end)).toString("base64url") : "",
  };
}
