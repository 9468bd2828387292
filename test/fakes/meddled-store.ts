import type { RequestStore, Step } from "../../src/ports.ts";

/** A store where somebody else gets in between: `before` runs ahead of each step that is kept through it. */
export function meddledStore(
  store: RequestStore,
  before: (step: Step, count: number) => Promise<unknown>,
): RequestStore {
  let count = 0;
  return {
    ...store,
    async keep(step) {
      await before(step, ++count);
      return store.keep(step);
    },
  } satisfies RequestStore;
}
