import { isRefusal } from "../operation/refusal.ts";
import type { RequestEvent } from "../request/event.ts";
import type { Executing, Granted, Progress } from "../request/request.ts";
import type { Bench } from "./bench.ts";
import { holdUp } from "./hold-up.ts";

/** The lease is gone: another worker has the request now, and this one must not touch anything any more. */
export class LeaseLost extends Error {
  constructor(id: string, why: string) {
    super(`${id}: ${why}`);
    this.name = "LeaseLost";
  }
}

/** Another request acts on the same object now, or its cluster is frozen. Nothing was begun, and the claim still stands. */
export class MustWait extends Error {
  /** A clause that says what it waits for, as `holdUp` takes it. */
  readonly why: string;
  constructor(id: string, why: string) {
    super(`${id}: ${why}`);
    this.name = "MustWait";
    this.why = why;
  }
}

/** This worker's hold on a request: every step it keeps carries its fence, and its lease is kept alive meanwhile. */
export interface Hold {
  readonly fence: number;
  /** Keeps one step; throws {@link MustWait} when it must wait, {@link LeaseLost} when it is not ours any more. */
  step(event: (now: number) => RequestEvent): Promise<void>;
  /** Tells how far the rollout has come, which also renews the lease. */
  tell(progress: Omit<Progress, "at">): Promise<void>;
  /** After the hold was lost: settles what another worker had to call unknown; does nothing in any other state. */
  settle(event: (now: number) => RequestEvent): Promise<void>;
  /** Aborted when the lease is lost. */
  readonly signal: AbortSignal;
  release(): void;
}

/** Ends a request of which nobody can tell whether it ran; `says` tells people what is known. */
export async function endUnknown(hold: Hold, says: string): Promise<void> {
  const { fence } = hold;
  await hold.step((at) => ({ type: "finished", fence, as: "unknown", outcome: { at, says, apiAuditIds: [] } }));
}

/** Takes a granted request, or one whose worker is gone; undefined when another has it, it is over, or it must wait. */
export async function claim(
  bench: Bench,
  id: string,
): Promise<{ readonly hold: Hold; readonly request: Granted | Executing } | undefined> {
  let fence = 0;
  const claimed = await bench.mover.move(id, ({ request, now }) => {
    if (request.state !== "granted" && request.state !== "executing") return undefined;
    if (request.claim && request.claim.leaseUntil > now) return undefined;
    fence = (request.claim?.fence ?? 0) + 1;
    return { event: { type: "claimed", claim: { worker: bench.worker, fence, leaseUntil: now + bench.leaseMs } } };
  });
  if (isRefusal(claimed)) {
    if (claimed.refused === "frozen") await holdUp(bench.mover, id, claimed.says);
    return undefined;
  }
  if (claimed.state !== "granted" && claimed.state !== "executing") return undefined;
  if (claimed.claim?.fence !== fence || claimed.claim.worker !== bench.worker) return undefined;
  return { request: claimed, hold: holdOn(bench, id, fence) };
}

function holdOn(bench: Bench, id: string, fence: number): Hold {
  const lost = new AbortController();
  let latest: Omit<Progress, "at"> | undefined;

  const step = async (event: (now: number) => RequestEvent): Promise<void> => {
    const kept = await bench.mover.move(id, ({ request, now }) => {
      // Refused by the store's own clock, not ours, when the lease ran out on the way.
      const until = "claim" in request ? request.claim?.leaseUntil : undefined;
      const made = event(now);
      return made.type === "finished" || until === undefined
        ? { event: made }
        : { event: made, along: { notAfter: until } };
    });
    if (!isRefusal(kept)) return;
    if (kept.refused === "target-busy" || kept.refused === "frozen") throw new MustWait(id, kept.says);
    const fault = new LeaseLost(id, kept.says);
    lost.abort(fault);
    throw fault;
  };
  const tell = async (progress: Omit<Progress, "at">) => {
    latest = progress;
    await step((now) => ({
      type: "progressed",
      fence,
      progress: { ...progress, at: now },
      leaseUntil: now + bench.leaseMs,
    }));
  };
  const settle = async (event: (now: number) => RequestEvent) => {
    await bench.mover.move(id, ({ request, now }) => (request.state === "unknown" ? { event: event(now) } : undefined));
  };
  // Three chances to renew before the lease is over.
  const beat = setInterval(() => {
    if (latest) tell(latest).catch((fault: unknown) => lost.abort(fault));
  }, bench.leaseMs / 3);
  return { fence, step, tell, settle, signal: lost.signal, release: () => clearInterval(beat) };
}
