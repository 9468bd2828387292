import type { MessageMetadata } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import type { Place } from "./surface.ts";

/** Finds messages of ours again by what they say of themselves, for who posted them may have died before it knew where. */
export interface Recall {
  /**
   * Surface -> where it stands, of this request: among a channel's first messages, or with `thread` (a ts) among its
   * replies, posted at `since` (ms since 1970) or later; the earliest of each. Believes only what our own app posted.
   * What goes wrong is thrown: without the history scopes a WebAPIPlatformError, `missing_scope`.
   */
  find(request: string, channel: string, since: number, thread?: string): Promise<ReadonlyMap<string, Place>>;
}

const eventType = "countersign_surface";
/** Redis's clock and Slack's may differ by so much, in ms. */
const clockDrift = 300_000;
/** What an app in a busy channel may be asked to read through: 10 pages of 200. */
const [pageSize, pages] = [200, 10];

/** What a message says of itself, to apps alone: the request and the surface it stands for, both of them in it already. */
export function tagOf(request: string, surface: string): MessageMetadata {
  return { event_type: eventType, event_payload: { request, surface } };
}

export function createRecall(client: WebClient, appId: string): Recall {
  return {
    async find(request, channel, since, thread) {
      const found = new Map<string, Place>();
      const oldest = String(Math.max(0, since - clockDrift) / 1_000);
      let cursor = "";
      for (let i = 0; i < pages; i++) {
        const asked = { channel, oldest, limit: pageSize, include_all_metadata: true, ...(cursor ? { cursor } : {}) };
        const { messages = [], response_metadata: rest } =
          thread === undefined
            ? await client.conversations.history(asked)
            : await client.conversations.replies({ ...asked, ts: thread });
        for (const { ts, app_id, metadata } of messages as readonly Recalled[]) {
          const surface = app_id === appId && ts !== undefined ? surfaceIn(metadata, request) : undefined;
          const known = surface === undefined ? undefined : found.get(surface);
          if (surface !== undefined && ts !== undefined && (!known || ts < known.ts))
            found.set(surface, { channel, ts });
        }
        cursor = rest?.next_cursor ?? "";
        if (cursor === "") break;
      }
      return found;
    },
  };
}

/** What we read of a message; nothing of what anybody wrote. */
interface Recalled {
  readonly ts?: string;
  readonly app_id?: string;
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: unknown };
}

function surfaceIn(metadata: Recalled["metadata"], request: string): string | undefined {
  if (metadata?.event_type !== eventType) return undefined;
  const payload = metadata.event_payload as { readonly request?: unknown; readonly surface?: unknown } | undefined;
  return payload?.request === request && typeof payload.surface === "string" ? payload.surface : undefined;
}
