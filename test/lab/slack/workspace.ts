import type { AnyBlock, ModalView } from "@slack/types";

/** A person of the workspace, with the flags Slack documents on `users.info`. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly deleted?: boolean;
  readonly isBot?: boolean;
  readonly isRestricted?: boolean;
  readonly isUltraRestricted?: boolean;
  readonly isStranger?: boolean;
  /** Another team than the workspace's, as for a person met in a shared channel. */
  readonly teamId?: string;
}

/** A channel, with the flags Slack documents on `conversations.info`. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly isPrivate?: boolean;
  readonly isIm?: boolean;
  readonly isExtShared?: boolean;
  readonly isPendingExtShared?: boolean;
  readonly isOrgShared?: boolean;
  readonly members: readonly string[];
  /** The app's bot was not invited; it is in every other channel without being listed. */
  readonly botAbsent?: boolean;
}

/** A message as its reader sees it. */
export interface Message {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  /** A reply that is shown in the channel as well as in its thread. */
  readonly broadcast?: boolean;
  /** The person's id, or the app's bot user. */
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly AnyBlock[];
  readonly edited: boolean;
  /** Only this person sees it; it is gone on reload, as Slack's are. */
  readonly ephemeralFor?: string;
  /** Answers to a slash command made through its `response_url`. */
  readonly viaResponseUrl?: boolean;
  /** Emoji name -> who reacted with it. */
  readonly reactions?: Readonly<Record<string, readonly string[]>>;
}

/** An open modal of one person's stack, the top one last. */
export interface OpenView {
  readonly id: string;
  readonly hash: string;
  readonly view: ModalView;
  /** block_id -> the error the app answered the last submission with. */
  readonly errors: Readonly<Record<string, string>>;
}

/** What one person sees now. */
export interface Seen {
  readonly me: Person;
  readonly people: readonly Person[];
  readonly channels: readonly Channel[];
  /** All messages this person may read, oldest first. */
  readonly messages: readonly Message[];
  readonly views: readonly OpenView[];
  /** Rises with every change. */
  readonly version: number;
}

/**
 * How Slack answered what a person did. `error` is what Slack shows them when the app failed to acknowledge, or when
 * Slack itself would not let them do it. Errors the app gave for a modal's fields are `ok`, and stand in its OpenView.
 */
export interface Answer {
  readonly ok: boolean;
  readonly error?: string;
}

/** The hands of one person in the workspace. */
export interface Hands {
  readonly id: string;
  see(): Seen;
  /** Types a slash command, such as `/k8s get pods`, in a channel. */
  command(channel: string, line: string): Promise<Answer>;
  /**
   * Clicks the button with this action id on a message (or in the top modal when `where` is a view id). For a menu or
   * a picker, `chosen` is the option's value.
   */
  click(where: { channel: string; ts: string } | { view: string }, actionId: string, chosen?: string): Promise<Answer>;
  /** Submits the top modal with values by block id and action id; several checkboxes are joined with commas. */
  submit(view: string, values: Readonly<Record<string, Readonly<Record<string, string>>>>): Promise<Answer>;
  /** Closes a modal. */
  close(view: string): Promise<Answer>;
  say(channel: string, text: string): Answer;
}

/** One delivery to the app: for replays, duplicates and forgeries. */
export interface Delivery {
  readonly kind: "slash_commands" | "interactive" | "events_api";
  readonly payload: Record<string, unknown>;
  /** Over HTTP: the exact signed request. */
  readonly http?: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  /** Over Socket Mode: the envelope's id, the same when it is sent again. */
  readonly envelopeId?: string;
}

/** One Web API call the app made. */
export interface ApiCall {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly at: number;
  readonly error?: string;
}

/** What the double does wrong on demand. Each fault is consumed by the calls it hits. */
export interface Faults {
  /** The next `times` calls of `method` ("*" = any) answer 429 with this Retry-After in seconds. */
  rateLimit(method: string, retryAfterSeconds: number, times?: number): void;
  /** The next calls take effect, but the connection is cut before the answer. */
  loseReply(method: string, times?: number): void;
  /** The next calls answer this HTTP status and take no effect. */
  fail(method: string, status: number, times?: number): void;
  /** The next calls answer `{ok:false, error}`. */
  refuse(method: string, error: string, times?: number): void;
  /** Every delivery is sent this many times, at once. */
  duplicateDeliveries(copies: number): void;
  /** Disconnects all Socket Mode connections with reason `refresh_requested`. */
  refreshSockets(): void;
  clear(): void;
}

/** A double of one Slack workspace with one app installed, on loopback. */
export interface SlackDouble {
  /** For `slackApiUrl`, with the trailing slash. */
  readonly apiUrl: string;
  readonly teamId: string;
  readonly appId: string;
  readonly botUserId: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly faults: Faults;
  readonly calls: readonly ApiCall[];
  readonly deliveries: readonly Delivery[];
  /** Where to post signed requests when the app is in HTTP mode; undefined = Socket Mode. */
  setRequestUrl(url: string | undefined): void;
  addPerson(person: Person): void;
  addChannel(channel: Channel): void;
  changePerson(id: string, change: Partial<Person>): void;
  changeChannel(id: string, change: Partial<Channel>): void;
  setUserGroup(id: string, handle: string, members: readonly string[], options?: { disabled?: boolean }): void;
  as(personId: string): Hands;
  /** Sends a delivery again as it was (same signature and envelope content), or a changed copy, properly signed. */
  deliver(delivery: Delivery, change?: (payload: Record<string, unknown>) => void): Promise<Answer>;
  /** Calls back after every change; returns the way to stop it. */
  onChange(listener: () => void): () => void;
  /** Resolves when the app has a Socket Mode connection or its request URL answers. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export interface SlackDoubleOptions {
  readonly teamId?: string;
  readonly commands?: readonly string[];
  readonly scopes?: readonly string[];
  /** Slack's 1 message a second and channel; off for fast tests. */
  readonly pace?: boolean;
  /** Milliseconds since 1970; by default the system's clock. Triggers and response URLs run out by it. */
  readonly now?: () => number;
  /** How long the app has to acknowledge, in real milliseconds: Slack's 3000 unless a test cannot wait. */
  readonly ackWithinMs?: number;
  readonly people?: readonly Person[];
  readonly channels?: readonly Channel[];
}
