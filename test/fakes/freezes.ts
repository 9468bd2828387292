import { canonical } from "../../src/audit/canonical.ts";
import type { Claim } from "../../src/challenge/challenge.ts";
import type { FreezeStore, FreezeTurn } from "../../src/ports/freeze.ts";
import { type Freeze, freezeOver } from "../../src/request/freeze.ts";
import type { FakeTrail } from "./trail.ts";

export interface FakeFreezes extends FreezeStore {
  /** What holds this cluster up. */
  over(cluster: string): Freeze | undefined;
  /** Takes one away, as whoever writes to Redis can. */
  steal(scope: string): void;
}

/** Freezes in memory. */
export function fakeFreezes(parts: {
  readonly trail: FakeTrail;
  /** Takes what a proof uses up; false = it was taken already. */
  readonly claim: (claim: Claim) => boolean;
  /** Told whenever anything is frozen or lifted. */
  readonly turned: () => void;
}): FakeFreezes {
  const standing = new Map<string, string>();
  const all = () => [...standing.values()].map((text) => JSON.parse(text) as Freeze);
  const textOf = (freeze: Freeze | undefined) => freeze && canonical(freeze);
  const answers = new Map<string, ReturnType<typeof turn>>();
  function turn({ scope, expect, next, event, claim }: FreezeTurn) {
    if (standing.get(scope) !== textOf(expect)) return "moved";
    if (claim && !parts.claim(claim)) return "code-already-used";
    if (next) standing.set(scope, canonical(next));
    else standing.delete(scope);
    parts.trail.add(event);
    parts.turned();
    return "turned";
  }
  return {
    over: (cluster) => freezeOver(all(), cluster),
    steal: (scope) => void standing.delete(scope),
    standing: async () => all(),
    async turn(wanted) {
      const answer = answers.get(wanted.operationId) ?? turn(wanted);
      answers.set(wanted.operationId, answer);
      return answer;
    },
  } satisfies FakeFreezes;
}
