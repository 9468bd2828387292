import type { AuditEvent } from "../audit/event.ts";
import type { Claim } from "../challenge/challenge.ts";
import type { Freeze } from "../request/freeze.ts";

/** One turn of the brake: a freeze set, changed or, where `next` is absent, lifted. */
export interface FreezeTurn {
  /** The same id asked again gets the same answer and changes nothing. */
  readonly operationId: string;
  readonly scope: string;
  /** What must stand there now; absent = nothing. */
  readonly expect?: Freeze;
  readonly next?: Freeze;
  readonly event: AuditEvent;
  /** Taken in the same act, or nothing is turned. */
  readonly claim?: Claim;
}

/**
 * The freezes that stand, at most one for each scope. A turn is one atomic act with its audit entry, durable before it
 * answers, and people are told of it; from then on no step that is kept `unlessFrozen` gets through. Whoever writes to
 * Redis can take a freeze away: it is a brake and not a lock.
 */
export interface FreezeStore {
  standing(): Promise<readonly Freeze[]>;
  turn(turn: FreezeTurn): Promise<"turned" | "moved" | "code-already-used">;
}
