import { textOf } from "../lab/acting.ts";
import { approvals, type LabPersonage } from "../lab/people.ts";
import type { Message, SlackDouble } from "../lab/slack/workspace.ts";

/** Where a message stands. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
}

/** What Slack shows of one request. */
export interface Shown {
  /** The load's own number for it, as its reason says. */
  readonly number: number | undefined;
  readonly card: Place | undefined;
  readonly thread: Place | undefined;
  /** The words that tell an end, in the order they were posted: "Succeeded", "Unknown". */
  readonly ends: readonly string[];
}

/** Reads the channels as somebody who is in all of them, each message once. */
export interface Eyes {
  of(request: string): Shown;
  readonly requests: Iterable<string>;
  /** What the first message of its thread says now of where it stands. */
  standing(request: string): string;
  /** The ids that somebody was told of in an answer to what they typed. */
  readonly whispered: ReadonlySet<string>;
  /** Ids of reads whose answer was shown to the one who asked. */
  readonly answered: ReadonlySet<string>;
  /** Calls back once for each card put before approvers. */
  onCard(listener: (request: string, number: number) => void): void;
  close(): void;
}

const lookMs = 50;
const idOf = /\br-[a-z0-9]{10}\b/;
const endOf = /^(Succeeded|Failed|Unknown|Denied|Cancelled|Expired|Conflict)\b/;

function keyOf({ channel, ts }: Place): string {
  return `${channel} ${ts}`;
}

export function openEyes(slack: SlackDouble, reader: LabPersonage): Eyes {
  const shown = new Map<string, { number?: number; card?: Place; thread?: Place; ends: string[] }>();
  const threads = new Map<string, string>();
  const whispered = new Set<string>();
  const answered = new Set<string>();
  const carded = new Set<string>();
  const listeners: ((request: string, number: number) => void)[] = [];
  let read = 0;
  let dirty = true;

  const about = (request: string) => {
    const known = shown.get(request) ?? { ends: [] };
    shown.set(request, known);
    return known;
  };

  function take(message: Message): void {
    const text = textOf(message.blocks);
    const place = { channel: message.channel, ts: message.ts };
    if (message.ephemeralFor !== undefined) {
      const [id] = idOf.exec(text) ?? [];
      if (id !== undefined) (message.viaResponseUrl ? whispered : answered).add(id);
      return;
    }
    if (message.threadTs !== undefined) {
      const request = threads.get(message.threadTs);
      if (request === undefined) return;
      const number = /\bload (\d+)\b/.exec(text)?.[1];
      if (number !== undefined) about(request).number ??= Number(number);
      const [, end] = endOf.exec(text.trim()) ?? [];
      if (end !== undefined) about(request).ends.push(end);
      return;
    }
    const request = /\bRequest (r-[a-z0-9]{10})\b/.exec(text)?.[1];
    if (request === undefined) return;
    if (message.channel !== approvals.id) {
      threads.set(message.ts, request);
      about(request).thread ??= place;
      return;
    }
    const number = Number(/\bload (\d+)\b/.exec(text)?.[1] ?? Number.NaN);
    about(request).card ??= place;
    if (Number.isNaN(number) || carded.has(request)) return;
    about(request).number = number;
    carded.add(request);
    for (const listener of listeners) listener(request, number);
  }

  function look(): void {
    if (!dirty) return;
    dirty = false;
    const { messages } = slack.as(reader.id).see();
    for (const message of messages.slice(read)) take(message);
    read = messages.length;
  }

  // A long run has thousands of requests: looked for one by one, they would hold up everything else for seconds.
  let roots: ReadonlyMap<string, Message> | undefined;
  function rootsNow(): ReadonlyMap<string, Message> {
    roots ??= new Map(
      slack
        .as(reader.id)
        .see()
        .messages.filter(({ threadTs }) => threadTs === undefined)
        .map((one) => [keyOf(one), one]),
    );
    return roots;
  }

  const stop = slack.onChange(() => {
    dirty = true;
    roots = undefined;
  });
  const looking = setInterval(look, lookMs);
  return {
    of(request) {
      const { number, card, thread, ends } = about(request);
      return { number, card, thread, ends };
    },
    get requests() {
      look();
      return shown.keys();
    },
    standing(request) {
      const thread = shown.get(request)?.thread;
      const root = thread && rootsNow().get(keyOf(thread));
      return root ? textOf(root.blocks) : "";
    },
    whispered,
    answered,
    onCard: (listener) => void listeners.push(listener),
    close() {
      stop();
      clearInterval(looking);
    },
  };
}
