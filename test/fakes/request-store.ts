import type { Claim, Proof } from "../../src/challenge/challenge.ts";
import { isRead } from "../../src/operation/operation.ts";
import type { RequestStore, Side, Step, StepAnswer } from "../../src/ports.ts";
import type { Freeze } from "../../src/request/freeze.ts";
import type { Request } from "../../src/request/request.ts";
import type { FakeClock } from "./clock.ts";
import { type SortedSet, sortedSet } from "./sorted-set.ts";
import type { FakeTrail } from "./trail.ts";

export interface FakeRequestStore extends RequestStore {
  /** 0 = there is no such request. */
  versionOf(id: string): number;
  /** Gives a person a credential whose time steps can be claimed. */
  enrol(subject: string, credential: string): void;
  /** Takes what a proof uses up, beside any request; false = it was taken already. */
  claim(claim: Claim): boolean;
  /** Has those looked at soon that a freeze held up. */
  hasten(): void;
}

/** The hint that was sent with a step gets this head start, in ms, before a sweeper looks. */
const headStart = 2_000;

/** The record in memory. Everything between two awaits is one act, as one script is in Redis. */
export function fakeRequestStore(parts: {
  readonly clock: FakeClock;
  readonly trail: FakeTrail;
  /** What holds up a cluster. */
  readonly frozen?: (cluster: string) => Freeze | undefined;
  /** Told of each request that changed. */
  readonly changed: (id: string) => void;
}): FakeRequestStore {
  const { clock, trail } = parts;
  const records = new Map<string, { readonly text: string; readonly version: number }>();
  const answers = new Map<string, StepAnswer>();
  const credentials = new Map<string, { readonly credential: string; readonly timeStep: number }>();
  const spent = new Set<string>();
  const proofs = new Map<string, Proof>();
  const asked = new Map<string, string[]>();
  /** Subject -> their changes that succeeded, newest first. */
  const changes = new Map<string, readonly string[]>();
  const turns = new Map<Side, SortedSet>();
  const deadlines = sortedSet();
  /** Request -> who owes its review. */
  const reviews = new Map<string, string>();
  const waiters = new Set<string>();
  /** Lock -> who holds it. */
  const locks = new Map<string, string>();
  /** Lock -> who asked for it in vain. */
  const queues = new Map<string, Set<string>>();
  const turnsOf = (side: Side) => {
    const known = turns.get(side) ?? sortedSet();
    turns.set(side, known);
    return known;
  };
  const versionOf = (id: string) => records.get(id)?.version ?? 0;

  function refusalOf(step: Step): StepAnswer | undefined {
    const now = clock.now();
    const { id } = step.next;
    if (versionOf(id) !== step.expect) return { kept: false, because: "moved" };
    if (step.notAfter !== undefined && now > step.notAfter) return { kept: false, because: "too-late" };
    if (step.notBefore !== undefined && now < step.notBefore) return { kept: false, because: "too-early" };
    const freeze = step.unlessFrozen === undefined ? undefined : parts.frozen?.(step.unlessFrozen);
    if (freeze) {
      waiters.add(id);
      return { kept: false, because: "frozen", by: freeze };
    }
    const owed =
      step.review === "begins"
        ? [...reviews].find(([id, by]) => by === step.next.requester && id !== step.next.id)
        : undefined;
    if (owed) return { kept: false, because: "review-owed", by: owed[0] };
    for (const lock of step.take ?? []) {
      const by = locks.get(lock) ?? id;
      if (by === id) continue;
      queues.set(lock, new Set([...(queues.get(lock) ?? []), id]));
      return { kept: false, because: "target-busy", by, lock };
    }
    return step.claim && !isFree(step.claim) ? { kept: false, because: "code-already-used" } : undefined;
  }

  function isFree(claim: Claim): boolean {
    if ("stepUp" in claim) return !spent.has(claim.stepUp);
    const kept = credentials.get(claim.subject);
    return kept?.credential === claim.credential && claim.timeStep > kept.timeStep;
  }

  function take(claim: Claim): void {
    if ("stepUp" in claim) spent.add(claim.stepUp);
    else credentials.set(claim.subject, { credential: claim.credential, timeStep: claim.timeStep });
  }

  /** Gives back what this request holds; who waited for it is looked at by the next sweep. */
  function release(id: string): void {
    for (const [lock, holder] of locks) {
      if (holder !== id) continue;
      locks.delete(lock);
      for (const waiter of queues.get(lock) ?? []) for (const turn of turns.values()) turn.hasten(waiter, clock.now());
      queues.delete(lock);
    }
  }

  function write({
    next,
    expect,
    event,
    turn,
    deadline,
    claim,
    remember,
    take: locked,
    release: over,
    review,
  }: Step): StepAnswer {
    const now = clock.now();
    const version = expect + 1;
    if (claim) take(claim);
    if (remember) proofs.set(remember.subject, remember);
    trail.add(event);
    // As text: what was kept is a copy, and only what JSON carries.
    records.set(next.id, { text: JSON.stringify(next), version });
    if (expect === 0) asked.set(next.requester, [next.id, ...(asked.get(next.requester) ?? [])]);
    const done = changes.get(next.requester) ?? [];
    if (next.state === "succeeded" && !isRead(next.operation) && !done.includes(next.id))
      changes.set(next.requester, [next.id, ...done].slice(0, 100));
    for (const waiting of turns.values()) waiting.delete(next.id);
    if (turn) turnsOf(turn.side).set(next.id, Math.max(now + headStart, turn.heldUntil ?? 0));
    for (const lock of locked ?? []) locks.set(lock, next.id);
    if (over) release(next.id);
    if (review === "over") reviews.delete(next.id);
    else if (review) reviews.set(next.id, next.requester);
    if (deadline === undefined) deadlines.delete(next.id);
    else deadlines.set(next.id, deadline);
    parts.changed(next.id);
    return { kept: true, version };
  }

  return {
    versionOf,
    claim(claim) {
      const free = isFree(claim);
      if (free) take(claim);
      return free;
    },
    hasten() {
      for (const id of waiters) for (const turn of turns.values()) turn.hasten(id, clock.now());
      waiters.clear();
    },
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
      const answer = refusalOf(step) ?? write(step);
      answers.set(step.operationId, answer);
      return answer;
    },
    of: async (subject, limit) => (asked.get(subject) ?? []).slice(0, limit),
    changesOf: async (subject, limit) => (changes.get(subject) ?? []).slice(0, limit),
    openReviews: async () => [...reviews].map(([request, subject]) => ({ request, subject })),
    async restoreReview(_, { request, subject }) {
      if (reviews.has(request)) return;
      reviews.set(request, subject);
      trail.add({ kind: "review.restored", request, subject });
    },
    lastProof: async (subject) => proofs.get(subject),
    overdue: async (limit) => deadlines.due(clock.now(), headStart, limit),
    waiting: async (side, patience, limit) => turnsOf(side).due(clock.now(), patience, limit),
  } satisfies FakeRequestStore;
}
