import type { Body } from "../audit/chain.ts";
import type { FreezeStore } from "../ports/freeze.ts";
import type { Chance, Trail } from "../ports.ts";
import type { Freeze } from "./freeze.ts";

/**
 * Looks for freezes that were there at the last look and went without being lifted in the trail, as when somebody wrote
 * to Redis, and sets them again. What began between two looks has begun; what went before the first look is not missed.
 */
export function watchBrake(ports: {
  readonly freezes: FreezeStore;
  readonly trail: Pick<Trail, "entries" | "head">;
  readonly chance: Pick<Chance, "operationId">;
}): () => Promise<void> {
  const { freezes, trail, chance } = ports;
  let seen: readonly Freeze[] = [];
  let from = 1;

  async function wasLifted({ id }: Freeze): Promise<boolean> {
    for await (const { body } of trail.entries(from)) {
      const { event } = JSON.parse(body) as Body;
      if (event.kind === "freeze.lifted" && event.freeze === id) return true;
    }
    return false;
  }

  return async () => {
    const { entries } = await trail.head();
    const standing = await freezes.standing();
    for (const gone of seen.filter(({ id }) => !standing.some((one) => one.id === id))) {
      if (await wasLifted(gone)) continue;
      const { lift: _, ...freeze } = gone;
      const { scope, by: subject, id, why } = freeze;
      const event = { kind: "freeze.restored", subject, scope, freeze: id, why } as const;
      await freezes.turn({ operationId: chance.operationId(), scope, next: freeze, event });
    }
    from = entries + 1;
    seen = await freezes.standing();
  };
}
