import type { Executing, Granted, Unknown } from "../request/request.ts";
import type { Precondition } from "./apply-once.ts";
import type { Bench } from "./bench.ts";
import type { Hold } from "./hold.ts";

/** What stands in the cluster's own store of a request that has begun, where no thief of Redis writes. */
export type Ticket = Readonly<Record<string, string>>;

/** Without a precondition it allows no call, and only keeps others from one. */
export function ticketOf(
  bench: Bench,
  hold: Pick<Hold, "fence">,
  request: Granted | Executing | Unknown,
  precondition?: Omit<Precondition, "step">,
): Ticket {
  const { resourceVersion, generation } = precondition ?? {};
  return {
    digest: request.digest,
    fence: String(hold.fence),
    worker: bench.worker,
    requester: request.requester,
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(generation === undefined ? {} : { generation: String(generation) }),
  };
}

/** From which version of the object the one call is allowed; undefined when none is. */
export function preconditionIn({ resourceVersion, generation }: Ticket): Omit<Precondition, "step"> | undefined {
  if (resourceVersion === undefined) return undefined;
  return { resourceVersion, ...(generation === undefined ? {} : { generation: Number(generation) }) };
}
