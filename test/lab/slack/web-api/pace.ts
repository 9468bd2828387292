import { RateLimited } from "./api-refusal.ts";

/** Slack allows about 1 message a second and channel, and short bursts above it: facts/slack.md section 3. */
const BURST = 3;
const REFILL_MS = 1000;

/** A bucket of messages per channel. */
export class Pace {
  readonly #now: () => number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes one message's worth, or refuses with the seconds until there is one. */
  spend(channel: string): void {
    const now = this.#now();
    const { tokens, at } = this.#buckets.get(channel) ?? { tokens: BURST, at: now };
    const filled = Math.min(BURST, tokens + (now - at) / REFILL_MS);
    this.#buckets.set(channel, { tokens: filled >= 1 ? filled - 1 : filled, at: now });
    if (filled < 1) throw new RateLimited(Math.max(1, Math.ceil(1 - filled)));
  }
}
