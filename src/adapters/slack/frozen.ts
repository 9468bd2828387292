import { isRead } from "../../operation/operation.ts";
import { asSentence } from "../../operation/words.ts";
import { type Freeze, freezeOver, frozenInWords } from "../../request/freeze.ts";
import type { Request } from "../../request/request.ts";
import { heldUpOf } from "./known.ts";

/** What a freeze does to a request that has not begun, where the request itself does not say it already. */
export function frozenLine(request: Request, standing: readonly Freeze[]): string | undefined {
  const over = isToCome(request) && !heldUpOf(request) ? freezeOver(standing, request.operation.cluster) : undefined;
  return over && `${asSentence(frozenInWords(over))}. It does not begin before two people have lifted that.`;
}

function isToCome({ state, operation }: Request): boolean {
  return !isRead(operation) && ["planning", "awaiting-challenge", "awaiting-approval", "granted"].includes(state);
}
