import type { Once } from "../../src/ports.ts";
import type { FakeClock } from "./clock.ts";

/** Remembers keys in memory until their time is over. */
export function fakeOnce(clock: FakeClock): Once & { readonly keys: ReadonlyMap<string, number> } {
  const keys = new Map<string, number>();
  return {
    keys,
    async first(key, forMs) {
      const until = keys.get(key);
      if (until !== undefined && until > clock.now()) return false;
      keys.set(key, clock.now() + forMs);
      return true;
    },
  } satisfies Once & { readonly keys: ReadonlyMap<string, number> };
}
