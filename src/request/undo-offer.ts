import type { Operation } from "../operation/operation.ts";
import { undoOf } from "../operation/undo.ts";
import type { Request } from "./request.ts";

/** How long a change that succeeded is offered to be taken back by a button, in ms: until the same time next day. */
const offeredMs = 24 * 3_600_000;

/** What takes a change back, and until when it is offered. */
export interface UndoOffer {
  readonly operation: Operation;
  readonly until: number;
}

/** What would take this change back, as long as nobody has asked for it and its time is not over. */
export function undoOffer(request: Request): UndoOffer | undefined {
  if (request.state !== "succeeded" || request.undo) return undefined;
  const operation = undoOf(request.plan);
  return operation && { operation, until: request.outcome.at + offeredMs };
}
