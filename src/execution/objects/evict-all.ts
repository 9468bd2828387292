import { type PlannedObject, plannedInWords } from "../../operation/plan.ts";
import { ClusterFault, type KubeObject, type Session } from "../../ports/cluster.ts";
import type { Ending, Following } from "../act.ts";
import { evict } from "./eviction.ts";
import { viewNode } from "./node.ts";
import { refOf, uidOf } from "./planned-object.ts";
import { podsInWords, viewPod } from "./pod.ts";
import { lastOf } from "./watch-end.ts";

/** How evictions are paced. */
export interface Pace {
  /** How many pods are sent away at a time. */
  readonly lanes: number;
  /** Between two tries against a budget without room, in ms; kubectl's drain waits as long. */
  readonly pauseMs: number;
  /** How long one pod is tried for, in ms; then it is left where it is, and said to be. */
  readonly patienceMs: number;
}

const usual: Pace = { lanes: 4, pauseMs: 5_000, patienceMs: 120_000 };

/** Evicts the pods of the plan, each known by its uid, and nothing else; what cannot be evicted in time stays. */
export async function evictAll(at: Following, pace: Pace = usual): Promise<Ending> {
  const pods = at.plan.also ?? [];
  if (!at.from || !viewNode(at.from).unschedulable)
    return { well: false, why: "the node is not cordoned any more, so no pod was sent away" };
  const waiting = [...pods];
  const left: string[] = [];
  const auditIds: string[] = [];
  let gone = 0;
  let telling = Promise.resolve();
  const tell = (blocked?: string) => {
    const says = `${gone} of ${podsInWords(pods.length)} gone${blocked === undefined ? "" : `; waiting: ${blocked}`}`;
    telling = telling.then(() => at.tell(says));
    return telling;
  };
  const failing = new AbortController();
  const there = { ...at, signal: AbortSignal.any([at.signal, failing.signal]) };
  const lane = async () => {
    for (let pod = waiting.shift(); pod; pod = waiting.shift()) {
      const why = await sendAway(there, pod, pace, { tell, evicted: (id) => auditIds.push(id) });
      if (why === undefined) gone++;
      else left.push(`${plannedInWords(pod)} (${why})`);
      await tell();
    }
  };
  await tell();
  // A fault in one lane stops the others before it is let out: nothing is sent once this call is over.
  const stopped = (fault: unknown) => failing.abort(fault);
  await Promise.all(Array.from({ length: pace.lanes }, () => lane().catch(stopped)));
  if (failing.signal.aborted) throw failing.signal.reason;
  if (left.length === 0) return { well: true, says: allGone(gone), auditIds };
  const shown = left.slice(0, 5).join(", ");
  const more = left.length > 5 ? `, and ${left.length - 5} more` : "";
  const why = `${left.length} of ${podsInWords(pods.length)} ${left.length === 1 ? "is" : "are"} still there: ${shown}${more}; the node stays cordoned`;
  return { well: false, why, auditIds };
}

function allGone(count: number): string {
  if (count === 0) return "done; no pod was to be sent away";
  return `done, and ${podsInWords(count, ["is", "are"])} gone from it`;
}

interface Telling {
  readonly tell: (blocked: string) => Promise<void>;
  readonly evicted: (auditId: string) => void;
}

/** Undefined once this very pod is gone; else why it is still there. */
async function sendAway(
  { session, maySend, signal }: Following,
  pod: PlannedObject,
  { pauseMs, patienceMs }: Pace,
  { tell, evicted }: Telling,
): Promise<string | undefined> {
  const patience = AbortSignal.timeout(patienceMs);
  let why = "it was not evicted";
  for (;;) {
    if (signal.aborted) return "the time to watch it was over";
    // Looked at first: an eviction of another uid is refused, and uses up a disruption all the same (measured).
    const object = await standing(session, pod);
    if (!object) return undefined;
    if (viewPod(object).ending) {
      if (!(await lastOf(session, pod, object, signal))) return undefined;
      return "it had not ended when the time to watch it was over";
    }
    if (!maySend) return "it was not evicted, and nothing more may be sent";
    if (patience.aborted) return why;
    const refused = await tryEvict(session, pod, evicted);
    if (refused === undefined) continue;
    why = refused.says;
    if (!passing.has(refused.code)) return why;
    if (refused.code === "disruption-budget") await tell(why);
    await ended(AbortSignal.any([signal, patience, AbortSignal.timeout(refused.retryAfterMs ?? pauseMs)]));
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** What may be otherwise at the next try; a lost answer shows in the pod itself. */
const passing: ReadonlySet<string> = new Set([
  "disruption-budget",
  "too-many-requests",
  "no-answer",
  "server-error",
  "not-found",
  "conflict",
]);

async function tryEvict(
  session: Session,
  pod: PlannedObject,
  evicted: (auditId: string) => void,
): Promise<ClusterFault | undefined> {
  try {
    evicted((await evict(session, pod, { dryRun: false })).auditId);
    return undefined;
  } catch (fault) {
    if (fault instanceof ClusterFault) return fault;
    throw fault;
  }
}

async function standing(session: Session, pod: PlannedObject): Promise<KubeObject | undefined> {
  try {
    const { object } = await session.get(refOf(pod));
    return uidOf(object) === pod.uid ? object : undefined;
  } catch (fault) {
    if (fault instanceof ClusterFault && fault.code === "not-found") return undefined;
    throw fault;
  }
}
