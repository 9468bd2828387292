import assert from "node:assert/strict";
import fc from "fast-check";
import { isRefusal } from "../../src/operation/refusal.ts";
import type { EventType, RequestEvent } from "../../src/request/event.ts";
import { isOver, type Request, type State, states } from "../../src/request/request.ts";
import { reviewOf } from "../../src/request/review.ts";
import { transition } from "../../src/request/transition.ts";
import { noon } from "../fakes/clock.ts";
import { asked, events, leaseEnd, requestEnd, soon, stages, undoEnd } from "./samples.ts";

/** All that may ever happen, and where it leads. What is not written here is refused. */
const mayHappen: { readonly [S in State]: { readonly [E in EventType]?: readonly State[] } } = {
  planning: {
    planned: ["planning"],
    unplannable: ["failed"],
    "held-up": ["planning"],
    decided: ["awaiting-challenge", "awaiting-approval"],
    forbidden: ["denied"],
    cancelled: ["cancelled"],
    expired: ["expired"],
  },
  "awaiting-challenge": {
    proved: ["awaiting-approval"],
    "proof-failed": ["awaiting-challenge", "denied"],
    denied: ["denied"],
    forbidden: ["denied"],
    cancelled: ["cancelled"],
    expired: ["expired"],
  },
  "awaiting-approval": {
    approved: ["awaiting-approval"],
    reminded: ["awaiting-approval"],
    escalated: ["awaiting-approval"],
    "proof-failed": ["awaiting-approval"],
    denied: ["denied"],
    granted: ["granted"],
    forbidden: ["denied"],
    cancelled: ["cancelled"],
    expired: ["expired"],
  },
  granted: {
    claimed: ["granted"],
    "held-up": ["granted"],
    "grant-refused": ["denied"],
    conflicted: ["conflict"],
    intended: ["executing"],
    finished: ["succeeded", "failed"],
    forbidden: ["denied"],
    cancelled: ["cancelled"],
    expired: ["expired"],
    "review-overdue": ["granted"],
  },
  executing: {
    claimed: ["executing"],
    intended: ["executing"],
    progressed: ["executing"],
    finished: ["succeeded", "failed", "unknown"],
    "review-overdue": ["executing"],
  },
  unknown: {
    finished: ["succeeded", "failed"],
    "proof-failed": ["unknown"],
    settled: ["settled"],
    "look-again": ["unknown"],
    looked: ["unknown", "succeeded", "failed"],
    ...ends("unknown"),
  },
  // A worker that was thought dead and was told that the change was made knows better than people.
  settled: { finished: ["succeeded", "failed"], ...ends("settled") },
  succeeded: { "undo-asked": ["succeeded"], "undo-lapsed": ["succeeded"], ...ends("succeeded") },
  failed: ends("failed"),
  cancelled: {},
  expired: {},
  denied: {},
  conflict: {},
};

/** How an elevation and a review come to their ends; the request itself is over, and stays what it is. */
function ends(state: State) {
  const elevation = { revoked: [state], "elevation-held-up": [state], "elevation-ended": [state] };
  return { ...elevation, reviewed: [state], "review-overdue": [state] };
}

const eventTypes = [...new Set(Object.values(events).map(({ type }) => type))];
const fences = [1, 2, 3];
const times = [
  noon,
  soon,
  leaseEnd,
  leaseEnd + 1,
  requestEnd,
  requestEnd + 1,
  requestEnd + 600_000,
  undoEnd,
  undoEnd + 1,
];

/** Each sample event of this kind, under each fence. */
function variantsOf(type: EventType): readonly RequestEvent[] {
  return Object.values<RequestEvent>(events)
    .filter((event) => event.type === type)
    .flatMap((event): readonly RequestEvent[] => {
      if ("fence" in event) return fences.map((fence) => ({ ...event, fence }));
      if (event.type !== "claimed") return [event];
      return fences.map((fence) => ({ ...event, claim: { ...event.claim, fence } }));
    });
}

function stagesIn(state: State): readonly Request[] {
  return Object.values<Request>(stages).filter((request) => request.state === state);
}

const base = ["id", "operation", "reason", "requester", "origin", "askedAt", "expiresAt", "signature", "state"];
const decided = [...base, "plan", "digest", "decision"];
const approved = [...decided, "approvals", "grant"];

/** What each state carries: always, and sometimes. Nothing else. */
const carries: { readonly [S in State]: { readonly always: readonly string[]; readonly maybe: readonly string[] } } = {
  planning: { always: base, maybe: ["plan", "digest", "heldUp"] },
  "awaiting-challenge": { always: [...decided, "challenge"], maybe: [] },
  "awaiting-approval": { always: [...decided, "approvals", "wrongCodes"], maybe: ["proof", "waiting"] },
  granted: { always: approved, maybe: ["proof", "claim", "heldUp", "review"] },
  executing: { always: [...approved, "claim", "intent"], maybe: ["proof", "progress", "kept", "review"] },
  succeeded: {
    always: [...approved, "claim", "outcome"],
    maybe: ["proof", "intent", "progress", "answer", "kept", "looks", "settlement", "undo", "elevation", "review"],
  },
  // Before anything ran it carries how it ended, and after that an outcome.
  failed: {
    always: base,
    maybe: [
      ...approved.slice(base.length),
      "ended",
      "claim",
      "outcome",
      "proof",
      "intent",
      "progress",
      "answer",
      "kept",
      "looks",
      "settlement",
      "elevation",
      "review",
    ],
  },
  unknown: {
    always: [...approved, "claim", "outcome", "intent"],
    maybe: ["proof", "progress", "kept", "looks", "wrongCodes", "elevation", "review"],
  },
  settled: {
    always: [...approved, "claim", "outcome", "intent", "settlement"],
    maybe: ["proof", "progress", "kept", "looks", "elevation", "review"],
  },
  cancelled: { always: [...base, "ended"], maybe: ["plan", "digest", "decision", "proof", "approvals"] },
  expired: { always: [...base, "ended"], maybe: ["plan", "digest", "decision", "proof", "approvals"] },
  denied: { always: [...base, "ended"], maybe: ["plan", "digest", "decision", "proof", "approvals"] },
  conflict: { always: [...decided, "ended", "approvals"], maybe: ["proof"] },
};

function assertCarries(request: Request): void {
  const { always, maybe } = carries[request.state];
  const present = Object.keys(request).filter((field) => field !== "breakGlass");
  for (const field of always) assert.ok(present.includes(field), `${request.state} lacks ${field}`);
  for (const field of present)
    assert.ok([...always, ...maybe].includes(field), `${request.state} carries a stray ${field}`);
  assert.ok(!("ended" in request && "outcome" in request), `${request.state} has two ends`);
}

function elevationOf(request: Request) {
  return "elevation" in request ? request.elevation : undefined;
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null)
    for (const inner of Object.values(Object.freeze(value))) frozen(inner);
  return value;
}

describe("transition", () => {
  it("has samples of every state and every event", () => {
    assert.deepEqual(
      states.filter((state) => stagesIn(state).length === 0),
      [],
    );
    assert.equal(eventTypes.length, 30);
  });

  describe("in every state, for every event", () => {
    for (const state of states)
      for (const type of eventTypes) {
        const expected = mayHappen[state][type] ?? [];
        it(`${state} + ${type} -> ${expected.length > 0 ? expected.join(" or ") : "refused"}`, () => {
          const reached = new Set<State>();
          for (const request of stagesIn(state))
            for (const event of variantsOf(type))
              for (const now of times) {
                const next = transition(frozen(request), frozen(event), now);
                if (isRefusal(next)) {
                  assert.ok(next.says.length > 10);
                  continue;
                }
                reached.add(next.state);
                assertCarries(next);
                assert.deepEqual([next.id, next.requester, next.operation], [asked.id, "alice", request.operation]);
              }
          assert.deepEqual([...reached].sort(), [...expected].sort());
        });
      }
  });

  describe("along any life", () => {
    const anyEvent = fc.constantFrom(...eventTypes.flatMap(variantsOf));
    const step = fc.record({ event: anyEvent, passed: fc.constantFrom(0, 0, 1, 60_000, 600_000) });

    it("keeps what was once known, and never goes back", () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...Object.values<Request>(stages)),
          fc.array(step, { maxLength: 30 }),
          (from, path) => {
            let request = from;
            let now = soon;
            for (const { event, passed } of path) {
              now += passed;
              const next = transition(request, event, now);
              if (isRefusal(next)) continue;
              assertCarries(next);
              if ("digest" in request && request.digest !== undefined)
                assert.equal("digest" in next && next.digest, request.digest);
              if ("claim" in request && request.claim && "claim" in next && next.claim)
                assert.ok(next.claim.fence >= request.claim.fence);
              if ("approvals" in next && next.approvals) {
                const people = next.approvals.map(({ subject }) => subject);
                assert.equal(new Set([...people, next.requester]).size, people.length + 1);
              }
              if (isOver(request)) assert.ok(["unknown", "settled", next.state].includes(request.state));
              assert.equal(next.breakGlass, request.breakGlass);
              if (reviewOf(request)?.closed) assert.deepEqual(reviewOf(next), reviewOf(request));
              if (elevationOf(request)?.ended) assert.deepEqual(elevationOf(next), elevationOf(request));
              if (!("intent" in request)) assert.ok(!("intent" in next) || request.state === "granted");
              request = next;
            }
          },
        ),
        { numRuns: 500 },
      );
    });
  });
});
