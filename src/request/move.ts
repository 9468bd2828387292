import { isRead } from "../operation/operation.ts";
import { isRefusal, type Refusal, refuse } from "../operation/refusal.ts";
import type { Chance, RequestStore, Step, Stored, Wake } from "../ports.ts";
import { reviewOwed } from "./debt.ts";
import type { RequestEvent } from "./event.ts";
import { frozenInWords } from "./freeze.ts";
import { locksOf, lockWords } from "./lock.ts";
import { record, recordAsked } from "./record.ts";
import { isOver, type Request } from "./request.ts";
import { owesReview } from "./review.ts";
import { transition } from "./transition.ts";
import { lapseOf, turnOf } from "./turn.ts";

/** What is kept together with a step, in the same atomic act. */
export type Along = Pick<Step, "claim" | "remember" | "notAfter" | "notBefore">;

/** An event with what must be kept along with it; or a refusal; `undefined` = there is nothing to do. */
export type Wish = { readonly event: RequestEvent; readonly along?: Along } | Refusal | undefined;

/** Moves requests: the only writer of request state, on both sides of the wall. */
export interface Mover {
  open(request: Request): Promise<Request>;
  /**
   * Reads the request, asks `wish` what should happen, and keeps it; when another step came first, reads and asks
   * again. Answers the request as it is now (also when there was nothing to do), or the refusal.
   */
  move(id: string, wish: (stored: Stored) => Promise<Wish> | Wish): Promise<Request | Refusal>;
}

// Losing a race this often in a row means something writes in a loop; better to fail than to join it.
const attempts = 10;

/** A change that no worker has begun. A read changes nothing, and goes on while a cluster is frozen. */
function isToBegin({ state, operation }: Request): boolean {
  return state === "granted" && !isRead(operation);
}

export function createMover(ports: {
  readonly store: RequestStore;
  readonly wake: Wake;
  readonly chance: Chance;
}): Mover {
  const { store, wake, chance } = ports;

  async function keep(next: Request, expect: number, rest: Omit<Step, "next" | "expect" | "operationId">) {
    const turn = turnOf(next);
    const deadline = lapseOf(next);
    const derived = {
      ...(turn ? { turn } : {}),
      ...(deadline === undefined ? {} : { deadline }),
      ...(isOver(next) ? { release: true as const } : {}),
      ...(next.breakGlass ? { review: owesReview(next) ? ("stands" as const) : ("over" as const) } : {}),
    };
    const answer = await store.keep({ operationId: chance.operationId(), next, expect, ...derived, ...rest });
    // Wake-ups are hints: the record is kept, and a sweeper finds what they miss.
    if (answer.kept) {
      await wake.show(next.id);
      if (turn && turn.heldUntil === undefined) await wake.wake(turn.side, next.id);
    }
    return answer;
  }

  return {
    async open(request) {
      const answer = await keep(request, 0, { event: recordAsked(request) });
      if (!answer.kept) throw new Error(`request ${request.id} exists already`);
      return request;
    },

    async move(id, wish) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const stored = await store.read(id);
        if (!stored) return refuse("no-such-request", `There is no request ${id}.`, "`mine` lists yours.");
        const wanted = await wish(stored);
        if (wanted === undefined) return stored.request;
        if (isRefusal(wanted)) return wanted;
        const next = transition(stored.request, wanted.event, stored.now);
        if (isRefusal(next)) return next;
        const begins = stored.request.state === "granted" && next.state === "executing";
        const mayNotBeFrozen = begins || (isToBegin(stored.request) && wanted.event.type === "claimed");
        const answer = await keep(next, stored.version, {
          event: record(wanted.event, next),
          ...(begins ? { take: locksOf(next) } : {}),
          ...(wanted.event.type === "granted" && next.breakGlass ? { review: "begins" as const } : {}),
          ...(mayNotBeFrozen ? { unlessFrozen: next.operation.cluster } : {}),
          ...wanted.along,
        });
        if (answer.kept) return next;
        if (answer.because === "code-already-used") return usedAlready(wanted.along?.claim);
        if (answer.because === "target-busy")
          return refuse("target-busy", `${answer.by} is acting on ${lockWords(answer.lock)}`);
        if (answer.because === "review-owed") return reviewOwed(answer.by);
        if (answer.because === "frozen") return refuse("frozen", frozenInWords(answer.by));
        if (answer.because === "too-late") return refuse("too-late", "The time for this is over.", "Ask again.");
        if (answer.because === "too-early") return refuse("not-in-this-state", "It is not time for this yet.");
      }
      throw new Error(`request ${id} moved ${attempts} times while one step was tried`);
    },
  };
}

function usedAlready(claim: Step["claim"]): Refusal {
  const [what, next] =
    claim && "stepUp" in claim ? ["step-up", "Begin a new one."] : ["code", "Wait for the next code."];
  return refuse(
    "code-already-used",
    `This ${what} was used already. If it was not you, tell the security team now.`,
    next,
  );
}
