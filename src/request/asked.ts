import { spoken } from "../operation/catalogue.ts";
import type { Asker } from "../operation/digest.ts";
import type { Operation } from "../operation/operation.ts";
import { breakGlassFlag } from "../operation/parse.ts";

/** Where in Slack the request was typed. Ids only; never a name. */
export interface Origin {
  readonly team: string;
  readonly channel: string;
  readonly user: string;
}

/** What is known from the first moment on. All times are milliseconds since 1970, by Redis's clock. */
export interface Asked {
  readonly id: string;
  readonly operation: Operation;
  readonly reason: string;
  /** The requester's subject. */
  readonly requester: string;
  readonly origin: Origin;
  readonly askedAt: number;
  /** When a request that is not granted by then lapses. */
  readonly expiresAt: number;
  /** They break the glass: nobody approves it before, and it is reviewed after. */
  readonly breakGlass?: true;
  /** The web process's own, over {@link askedStatement}: a request that others wrote was never asked for. */
  readonly signature: string;
}

/** What is signed of a request as it was asked. */
export function askedStatement(asked: Omit<Asked, "signature">) {
  const { id, operation, reason, requester, origin, askedAt, expiresAt, breakGlass } = asked;
  return {
    ...({ v: "countersign.request.v1", id, operation, reason, requester, origin, askedAt, expiresAt } as const),
    ...(breakGlass ? { breakGlass } : {}),
  };
}

/** Who asks, as a plan's digest holds it. */
export function askerOf({ id, requester, reason, breakGlass }: Omit<AskedBy, "operation">): Asker {
  return { request: id, requester, reason, ...(breakGlass ? { breakGlass } : {}) };
}

/** The command line that asks for it. */
export function commandOf({ operation, breakGlass }: Pick<AskedBy, "operation" | "breakGlass">): string {
  return breakGlass ? `${breakGlassFlag} ${spoken(operation)}` : spoken(operation);
}

/** What a plan is made of, and for whom. */
export type AskedBy = Pick<Asked, "id" | "operation" | "requester" | "reason" | "breakGlass">;
