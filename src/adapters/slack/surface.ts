import type { KnownBlock } from "@slack/types";

/** Where a message stands. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
}

/** One message that stands for one part of a request. */
export interface Surface {
  /** Stable for the life of the request: the message is found again under it. */
  readonly key: string;
  readonly channel: string;
  /** What notifications and old clients show; escaped mrkdwn. */
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  /** A reply in the thread of the surface `under`. */
  readonly inThread: boolean;
  /** Absent: of the surface `thread`. */
  readonly under?: "card";
  /** A fact: posted once and never edited. */
  readonly once: boolean;
  /** Shown in the channel as well as in the thread. */
  readonly broadcast?: boolean;
  /** Slack user id: only this person sees it. */
  readonly ephemeralFor?: string;
}
