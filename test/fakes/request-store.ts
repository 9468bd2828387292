import type { Proof } from "../../src/challenge/challenge.ts";
import type { RequestStore, Side, Step, StepAnswer } from "../../src/ports.ts";
import type { Request } from "../../src/request/request.ts";
import type { FakeClock } from "./clock.ts";
import { type SortedSet, sortedSet } from "./sorted-set.ts";
import type { FakeTrail } from "./trail.ts";

export interface FakeRequestStore extends RequestStore {
  /** 0 = there is no such request. */
  versionOf(id: string): number;
  /** Gives a person a credential whose time steps can be claimed. */
  enrol(subject: string, credential: string): void;
}

/** The hint that was sent with a step gets this head start, in ms, before a sweeper looks. */
const headStart = 2_000;

/** The record in memory. Everything between two awaits is one act, as one script is in Redis. */
export function fakeRequestStore(parts: {
  readonly clock: FakeClock;
  readonly trail: FakeTrail;
  /** Told of each request that changed. */
  readonly changed: (id: string) => void;
}): FakeRequestStore {
  const { clock, trail } = parts;
  const records = new Map<string, { readonly text: string; readonly version: number }>();
  const answers = new Map<string, StepAnswer>();
  const credentials = new Map<string, { readonly credential: string; readonly timeStep: number }>();
  const proofs = new Map<string, Proof>();
  const asked = new Map<string, string[]>();
  const turns = new Map<Side, SortedSet>();
  const deadlines = sortedSet();
  const turnsOf = (side: Side) => {
    const known = turns.get(side) ?? sortedSet();
    turns.set(side, known);
    return known;
  };
  const versionOf = (id: string) => records.get(id)?.version ?? 0;

  function refusalOf(step: Step): "moved" | "too-late" | "too-early" | "code-already-used" | undefined {
    const now = clock.now();
    if (versionOf(step.next.id) !== step.expect) return "moved";
    if (step.notAfter !== undefined && now > step.notAfter) return "too-late";
    if (step.notBefore !== undefined && now < step.notBefore) return "too-early";
    if (!step.claim) return undefined;
    const kept = credentials.get(step.claim.subject);
    const claimable = kept?.credential === step.claim.credential && step.claim.timeStep > kept.timeStep;
    return claimable ? undefined : "code-already-used";
  }

  function write({ next, expect, event, turn, deadline, claim, remember }: Step): StepAnswer {
    const now = clock.now();
    const version = expect + 1;
    if (claim) credentials.set(claim.subject, { credential: claim.credential, timeStep: claim.timeStep });
    if (remember) proofs.set(remember.subject, remember);
    trail.add(event);
    // As text: what was kept is a copy, and only what JSON carries.
    records.set(next.id, { text: JSON.stringify(next), version });
    if (expect === 0) asked.set(next.requester, [next.id, ...(asked.get(next.requester) ?? [])]);
    for (const waiting of turns.values()) waiting.delete(next.id);
    if (turn) turnsOf(turn.side).set(next.id, Math.max(now + headStart, turn.heldUntil ?? 0));
    if (deadline === undefined) deadlines.delete(next.id);
    else deadlines.set(next.id, deadline);
    parts.changed(next.id);
    return { kept: true, version };
  }

  return {
    versionOf,
    enrol: (subject, credential) => void credentials.set(subject, { credential, timeStep: -1 }),
    now: async () => clock.now(),
    async read(id) {
      const record = records.get(id);
      if (!record) return undefined;
      return { request: JSON.parse(record.text) as Request, version: record.version, now: clock.now() };
    },
    async keep(step) {
      const known = answers.get(step.operationId);
      if (known) return known;
      const because = refusalOf(step);
      const answer: StepAnswer = because ? { kept: false, because } : write(step);
      answers.set(step.operationId, answer);
      return answer;
    },
    of: async (subject, limit) => (asked.get(subject) ?? []).slice(0, limit),
    lastProof: async (subject) => proofs.get(subject),
    overdue: async (limit) => deadlines.due(clock.now(), headStart, limit),
    waiting: async (side, patience, limit) => turnsOf(side).due(clock.now(), patience, limit),
  } satisfies FakeRequestStore;
}
