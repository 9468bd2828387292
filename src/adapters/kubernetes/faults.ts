import { ClusterFault, type ClusterFaultCode } from "../../ports.ts";

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
const tokenShape = /eyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g;

/** An answer that is no yes, as a fault: the server's own sentence, bounded, and nothing else of the answer. */
export function faultOf(status: number, body: string, auditId?: string): ClusterFault {
  const { reason, message } = readStatus(body);
  // Below 400 it is no refusal either: what became of the call is as open as after a 5xx.
  const otherwise = status >= 400 && status < 500 ? "invalid" : "server-error";
  const code = byReason.get(reason) ?? byStatus.get(status) ?? otherwise;
  const sentence = message
    .replace(tokenShape, "[removed]")
    .replace(/[\p{C}\s]+/gu, " ")
    .trim();
  return new ClusterFault(code, sentence.slice(0, saysLength) || `the API server answered ${status}`, auditId);
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

function readStatus(body: string): { readonly reason: string; readonly message: string } {
  try {
    const status: unknown = JSON.parse(body);
    if (typeof status !== "object" || status === null) return { reason: "", message: "" };
    const { reason, message } = status as { readonly reason?: unknown; readonly message?: unknown };
    return { reason: text(reason), message: text(message) };
  } catch {
    return { reason: "", message: "" };
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
