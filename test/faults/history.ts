import type { Entry } from "../../src/audit/chain.ts";
import type { AuditEvent } from "../../src/audit/event.ts";
import type { KnownHead } from "../../src/audit/verify.ts";
import type { State } from "../../src/request/request.ts";

/** Something that an operation's account changed in the cluster, as the API server itself saw it. */
export interface Effect {
  /** The request that the call named; "" when it named none. */
  readonly request: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The service account, by its name alone. */
  readonly account: string;
  /** `patch deployments/scale`. The same call of one request on the same object is one too many. */
  readonly call: string;
  /** `prod/app-3`. */
  readonly object: string;
  readonly uid: string;
  /** Of a patch: the version of the object that it was made on. */
  readonly onVersion?: string;
}

/** One request as it stands at the end of a run, by its own record. */
export interface RecordedRequest {
  readonly id: string;
  /** False for a read. */
  readonly changes: boolean;
  readonly account: string;
  /** `prod/app-3`. */
  readonly object: string;
  /** Of the object that was planned on and approved; "" when there is none. */
  readonly uid: string;
  readonly state: State;
  /** What the record says of how it ended; "" while it has not. */
  readonly says: string;
}

/** What people saw of one request in Slack. */
export interface ShownRequest {
  /** The words of its ends, in the order they were posted: "Unknown", "Succeeded". */
  readonly ends: readonly string[];
  /** What the first message of its thread says at the end of the run; "" where it has none. */
  readonly standing: string;
  /** Subjects to whom Slack said that their approval is recorded. */
  readonly approvals: readonly string[];
}

/** Everything that is known of a run, from outside of the product. */
export interface History {
  readonly effects: readonly Effect[];
  readonly records: ReadonlyMap<string, RecordedRequest>;
  readonly shown: ReadonlyMap<string, ShownRequest>;
  /** Ids that Slack has told somebody of. */
  readonly told: ReadonlySet<string>;
  /** Requests that nobody approved and a thief wrote about into Redis. */
  readonly forged: ReadonlySet<string>;
  readonly trail: readonly Entry[];
  /** Heads of the trail that were seen on the way. */
  readonly heads: readonly KnownHead[];
}

/** An entry with what it says. */
export interface Told {
  readonly seq: number;
  readonly time: number;
  readonly event: AuditEvent;
}

/** The entries about requests, by request, in their order. */
export function byRequest(trail: readonly Entry[]): ReadonlyMap<string, readonly Told[]> {
  const told = trail.map(({ seq, time, body }) => ({
    seq,
    time,
    event: (JSON.parse(body) as { event: AuditEvent }).event,
  }));
  return Map.groupBy(told, ({ event }) => ("request" in event ? (event.request ?? "") : ""));
}
