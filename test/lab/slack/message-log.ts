import type { MessageMetadata } from "@slack/types";
import type { Message } from "./workspace.ts";

export interface LoggedMessage extends Message {
  readonly metadata?: MessageMetadata;
}

/** All messages of the workspace, oldest first. */
export class MessageLog {
  readonly #now: () => number;
  readonly #changed: () => void;
  readonly #messages = new Map<string, LoggedMessage>();
  #lastMicrosecond = 0;

  constructor(now: () => number, changed: () => void) {
    this.#now = now;
    this.#changed = changed;
  }

  /** Keeps a message under a `ts` later than every one before it. */
  add(draft: Omit<LoggedMessage, "ts">): LoggedMessage {
    this.#lastMicrosecond = Math.max(this.#lastMicrosecond + 1, this.#now() * 1000);
    const seconds = Math.floor(this.#lastMicrosecond / 1_000_000);
    const rest = String(this.#lastMicrosecond % 1_000_000).padStart(6, "0");
    const message: LoggedMessage = { ...draft, ts: `${seconds}.${rest}` };
    this.#keep(message);
    return message;
  }

  replace(message: LoggedMessage): void {
    this.#keep(message);
  }

  remove(message: LoggedMessage): void {
    this.#messages.delete(keyOf(message));
    this.#changed();
  }

  find(channel: string, ts: string): LoggedMessage | undefined {
    return this.#messages.get(keyOf({ channel, ts }));
  }

  all(): LoggedMessage[] {
    return [...this.#messages.values()];
  }

  /** A thread's first message and its replies. */
  thread(channel: string, ts: string): LoggedMessage[] {
    return this.all().filter((m) => m.channel === channel && !m.ephemeralFor && (m.ts === ts || m.threadTs === ts));
  }

  #keep(message: LoggedMessage): void {
    this.#messages.set(keyOf(message), message);
    this.#changed();
  }
}

function keyOf(message: { readonly channel: string; readonly ts: string }): string {
  return `${message.channel} ${message.ts}`;
}
