import type { Chance } from "../../src/ports.ts";

/** Chance that counts: every run gives the same ids, and none twice. */
export function fakeChance(): Chance {
  let count = 0;
  const next = () => String(++count);
  return {
    requestId: () => `r-${next().padStart(10, "0")}`,
    operationId: () => `operation-${next()}`,
  } satisfies Chance;
}
