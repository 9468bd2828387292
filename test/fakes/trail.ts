import { sha256 } from "../../src/audit/canonical.ts";
import { beforeTheFirst, bodyText, type Entry, linkText } from "../../src/audit/chain.ts";
import type { AuditEvent } from "../../src/audit/event.ts";
import type { Trail } from "../../src/ports.ts";
import type { FakeClock } from "./clock.ts";

export interface FakeTrail extends Trail {
  /** What stands in the trail, oldest first. */
  readonly events: readonly AuditEvent[];
  /** The same as `append`, for a store that does it in one act with its own. */
  add(event: AuditEvent): void;
}

/** A trail in memory, chained by the same rule as the real one. */
export function fakeTrail(clock: FakeClock): FakeTrail {
  const events: AuditEvent[] = [];
  const entries: Entry[] = [];
  const add = (event: AuditEvent) => {
    const link = {
      prev: entries.at(-1)?.hash ?? beforeTheFirst,
      seq: entries.length + 1,
      time: clock.now(),
      body: bodyText({ event, writer: "fake", clock: clock.now() }),
    };
    entries.push({ ...link, hash: sha256(linkText(link)) });
    events.push(event);
  };
  return {
    events,
    add,
    append: async (event) => add(event),
    async *entries(from = 1) {
      yield* entries.slice(from - 1);
    },
    head: async () => ({ entries: entries.length, head: entries.at(-1)?.hash ?? beforeTheFirst }),
  } satisfies FakeTrail;
}
