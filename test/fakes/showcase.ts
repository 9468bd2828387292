import type { Posted, Showcase, Showing } from "../../src/ports.ts";
import type { FakeClock } from "./clock.ts";
import { sortedSet } from "./sorted-set.ts";

export interface FakeShowcase extends Showcase {
  /** What stands in Slack for a request may be out of date. */
  changed(request: string): void;
  /** Surface -> what is believed to stand in Slack. */
  postedOf(request: string): Readonly<Record<string, Posted>>;
}

const headStart = 2_000;

/** What Slack shows, in memory, with leases that run out by the clock. */
export function fakeShowcase(parts: {
  readonly clock: FakeClock;
  readonly versionOf: (request: string) => number;
}): FakeShowcase {
  const { clock } = parts;
  const shown = new Map<string, Map<string, Posted>>();
  const leases = new Map<string, { readonly token: string; readonly until: number }>();
  const stale = sortedSet();
  const marks = new Map<string, { readonly token: string; readonly since: number }>();
  const free = new Map<string, number>();
  let count = 0;

  const postedOf = (request: string) => Object.fromEntries(shown.get(request) ?? []);
  const holds = ({ request, token }: Showing) => {
    const lease = leases.get(request);
    return lease?.token === token && lease.until > clock.now();
  };

  return {
    changed: (request) => stale.set(request, clock.now() + headStart),
    postedOf,
    async take(request, forMs) {
      const lease = leases.get(request);
      if (lease && lease.until > clock.now()) return undefined;
      const token = `token-${++count}`;
      leases.set(request, { token, until: clock.now() + forMs });
      const mark = marks.get(request);
      marks.set(request, mark ?? { token, since: clock.now() });
      return { request, token, posted: postedOf(request), ...(mark ? { unsureSince: mark.since } : {}) };
    },
    async put(showing, surface, posted) {
      if (!holds(showing)) return false;
      const surfaces = shown.get(showing.request) ?? new Map<string, Posted>();
      shown.set(showing.request, surfaces.set(surface, posted));
      return true;
    },
    async release(showing, done) {
      if (!holds(showing)) return;
      const { request } = showing;
      leases.delete(request);
      if (!("unsure" in done)) marks.delete(request);
      if ("shown" in done && done.shown >= parts.versionOf(request)) stale.delete(request);
      else stale.set(request, clock.now() + ("retryAfterMs" in done ? done.retryAfterMs : 0));
    },
    waiting: async (patience, limit) => stale.due(clock.now(), patience, limit),
    async reserve(channel, intervalMs) {
      const now = clock.now();
      const at = Math.max(now, free.get(channel) ?? 0);
      free.set(channel, at + intervalMs);
      return at - now;
    },
    async pause(channel, forMs) {
      free.set(channel, Math.max(clock.now() + forMs, free.get(channel) ?? 0));
    },
  } satisfies FakeShowcase;
}
