import { entryOf } from "../../operation/catalogue.ts";
import { namespaceOf, type Operation } from "../../operation/operation.ts";
import type { Refusal } from "../../operation/refusal.ts";
import type { Finished, Request, Settled, Unknown } from "../../request/request.ts";
import { openLook } from "../../request/unknown.ts";
import { clip } from "./escape.ts";
import { heldUpOf, quorumOf } from "./known.ts";

/** "in the namespace prod of the cluster demo", "on the cluster demo". */
export function whereOf(operation: Operation): string {
  const namespace = namespaceOf(operation);
  const cluster = `the cluster ${operation.cluster}`;
  return namespace === undefined ? `on ${cluster}` : `in the namespace ${namespace} of ${cluster}`;
}

/** What the requester wants done, to stand after "asks to". */
export function wishOf(operation: Operation): string {
  return entryOf(operation).wish(operation);
}

/** Where a request stands, in words that need no colour. */
export function stateWords(request: Request): string {
  const heldUp = heldUpOf(request);
  if (heldUp) return `Waiting: ${sentence(heldUp.why)}`;
  switch (request.state) {
    case "planning":
      return request.plan ? "Deciding what the policy asks for." : "Planning: the object is being read.";
    case "awaiting-challenge":
      return "Waiting for the requester's proof of presence.";
    case "awaiting-approval": {
      const quorum = quorumOf(request);
      return quorum
        ? `Waiting for approval: ${quorum.given} of ${quorum.wanted} given.`
        : "All that the policy asks for is there; being granted.";
    }
    case "granted":
      return "Granted; a worker takes it up.";
    case "executing":
      return "Running.";
    case "succeeded":
      return [`Succeeded: ${sentence(request.outcome.says)}`, ...elevationWords(request)].join(" ");
    case "unknown":
      return openLook(request) === undefined
        ? unknownWords(request)
        : `Unknown, and being looked at again: ${sentence(request.outcome.says)}`;
    case "settled": {
      const { subject, as, why } = request.settlement;
      return `Settled: ${subject} says that it ${as === "ran" ? "ran" : "did not run"}: ${sentence(why)}`;
    }
    case "failed":
      return "outcome" in request
        ? `Failed: ${sentence(request.outcome.says)}`
        : `Failed, nothing was changed: ${sentence(request.ended.why)}`;
    case "cancelled":
      return `Cancelled by ${request.ended.by}, nothing was changed: ${sentence(request.ended.why)}`;
    case "expired":
      return `Expired, nothing was changed: ${sentence(request.ended.why)}`;
    case "denied":
      return `Denied by ${request.ended.by}, nothing was changed: ${sentence(request.ended.why)}`;
    case "conflict":
      return `Conflict, nothing was changed: ${sentence(request.ended.why)} Ask again to approve it as it is now.`;
  }
}

/** What is said where nobody can tell, and is still said of it after a person settled it. */
export function unknownWords({ outcome }: Unknown | Settled): string {
  return `Unknown, a person must look: ${sentence(outcome.says)}`;
}

/** How the elevation ended that this request made, if it made one and it has. */
function elevationWords({ elevation }: Pick<Finished, "elevation">): readonly string[] {
  return elevation?.ended ? [elevationEnd(elevation.ended.how)] : [];
}

/** One sentence that says how it ended. */
export function elevationEnd(how: "on-time" | "revoked" | "gone"): string {
  switch (how) {
    case "on-time":
      return "The role was taken away on time.";
    case "revoked":
      return "The role was taken away early.";
    case "gone":
      return "The role was gone already when it was to be taken away.";
  }
}

/** A refusal as people read it: what was wrong, then what would satisfy it. */
export function refusalWords({ says, remedy }: Refusal): string {
  return remedy === undefined ? says : `${says} ${sentence(remedy)}`;
}

/** Longer words of a server or a person say nothing more; the trail has them whole. */
const longestSentence = 700;

/** Ends in a full stop unless it ends already. */
function sentence(text: string): string {
  const said = clip(text.trim(), longestSentence);
  return /[.!?…`]$/.test(said) ? said : `${said}.`;
}

/** `1 minute 5 seconds`, for how long something took. */
export function lasted(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds === 0) return "less than a second";
  const minutes = Math.floor(seconds / 60);
  const rest = `${seconds % 60} ${seconds % 60 === 1 ? "second" : "seconds"}`;
  return minutes === 0 ? rest : `${minutes} ${minutes === 1 ? "minute" : "minutes"} ${rest}`;
}
