import { ClusterFault, type ClusterFaultCode } from "../../ports/cluster.ts";

/** The cause that tells a blocked eviction from a server that is busy (k8s.io/api/policy/v1, DisruptionBudgetCause). */
const budgetCause = "DisruptionBudget";

// The reasons of a Status, as k8s.io/apimachinery/pkg/apis/meta/v1/types.go has them.
const byReason: ReadonlyMap<string, ClusterFaultCode> = new Map([
  ["NotFound", "not-found"],
  ["Conflict", "conflict"],
  ["AlreadyExists", "already-exists"],
  ["Forbidden", "forbidden"],
  ["Unauthorized", "unauthorized"],
  ["Invalid", "invalid"],
  ["BadRequest", "invalid"],
  ["TooManyRequests", "too-many-requests"],
  [budgetCause, "disruption-budget"],
  ["Expired", "gone"],
  ["Gone", "gone"],
]);

// What decides where there is no such reason, as when something in between answers.
const byStatus: ReadonlyMap<number, ClusterFaultCode> = new Map([
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not-found"],
  [409, "conflict"],
  [410, "gone"],
  [429, "too-many-requests"],
]);

const saysLength = 300;
const longestPauseMs = 60_000;
const tokenShape = /eyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g;
// What the server quotes of an object: for an unknown field it is all of it, environment and all.
const dumpShape = /(?<=value: )(?:[{[].*[}\]]|"(?:[^"\\]|\\.){60,}")(?=: )|"[{[](?:[^"\\]|\\.)*"/gs;

/** An answer that is no yes, as a fault: the server's own words, bounded, without what they quote of an object. */
export function faultOf(status: number, body: string, auditId?: string, retryAfter?: string): ClusterFault {
  const { reason, words } = readStatus(body);
  // Below 400 it is no refusal either: what became of the call is as open as after a 5xx.
  const otherwise = status >= 400 && status < 500 ? "invalid" : "server-error";
  const code = byReason.get(reason) ?? byStatus.get(status) ?? otherwise;
  const says = words
    .replace(tokenShape, "[removed]")
    .replace(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, saysLength);
  const pause = status === 429 || status === 503 ? pauseOf(retryAfter) : undefined;
  const options = pause === undefined ? {} : { retryAfterMs: pause };
  return new ClusterFault(code, says || `the API server answered ${status}`, auditId, options);
}

/** RFC 9110 section 10.2.3, in seconds as the API server writes it; a date would need its clock. */
function pauseOf(retryAfter: string | undefined): number | undefined {
  return retryAfter && /^\d{1,9}$/.test(retryAfter) ? Math.min(Number(retryAfter) * 1_000, longestPauseMs) : undefined;
}

/** No answer came, or none that can be read: whether the call took effect is not known. The cause stays here. */
export function noAnswer(fault: unknown): ClusterFault {
  const code = fault instanceof Error && "code" in fault && typeof fault.code === "string" ? fault.code : undefined;
  const why = code ?? (fault instanceof Error ? fault.name : "unknown");
  return new ClusterFault("no-answer", `the API server gave no answer (${why})`);
}

/** What stands in an answer, as the server wrote it. */
export function readAnswer<T>(body: string, auditId?: string): T {
  try {
    return JSON.parse(body) as T;
  } catch {
    // The parser's own message would repeat some of the body.
    throw new ClusterFault("no-answer", "the API server's answer cannot be read", auditId);
  }
}

interface Status {
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly details?: { readonly causes?: unknown };
}

interface Cause {
  readonly reason?: unknown;
  readonly field?: unknown;
  readonly message?: unknown;
}

function readStatus(body: string): { readonly reason: string; readonly words: string } {
  try {
    const { reason, message, details } = (JSON.parse(body) ?? {}) as Status;
    const causes = Array.isArray(details?.causes) ? (details.causes as readonly Cause[]) : [];
    const budgets = reason === "TooManyRequests" ? causes.filter((cause) => cause.reason === budgetCause) : [];
    // The message of a blocked eviction says only that it is blocked; the cause says by which budget.
    const telling = reason === "Invalid" ? causes : budgets;
    // Each cause by itself: in the message they run into each other, and no dump could be told from what follows it.
    const words = [...new Set(telling.map(wordsOf))].join("; ") || withoutDump(text(message));
    return { reason: budgets.length > 0 ? budgetCause : text(reason), words };
  } catch {
    return { reason: "", words: "" };
  }
}

function wordsOf({ field, message }: Cause): string {
  return [text(field), withoutDump(text(message))].filter((part) => part !== "").join(": ");
}

function withoutDump(words: string): string {
  return words.replace(dumpShape, "[...]");
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
