/** Why something was refused, as a closed set: code is for machines and tests, never for people. */
export type RefusalCode =
  // what was typed
  | "unknown-command"
  | "bad-arguments"
  | "bad-name"
  | "secret-in-text"
  | "unknown-cluster"
  // who typed it, and where
  | "not-linked"
  | "already-linked"
  | "not-listed"
  | "not-a-member"
  | "channel-not-allowed"
  | "foreign-workspace"
  // what the policy says
  | "not-permitted"
  | "forbidden"
  | "not-an-approver"
  | "own-request"
  | "already-approved"
  | "not-yours"
  // proof of presence
  | "not-enrolled"
  | "proof-needed"
  | "malformed-code"
  | "wrong-code"
  | "code-already-used"
  | "locked"
  | "too-weak"
  | "not-yet"
  | "declined"
  | "evidence"
  | "push-limit"
  | "no-push"
  | "provider-away"
  // the state of the request
  | "no-such-request"
  | "not-in-this-state"
  | "too-late"
  | "plan-changed"
  | "target-busy"
  | "frozen"
  | "review-owed"
  // the worker's own checks
  | "grant-does-not-hold"
  | "quorum-does-not-hold"
  | "lease-lost"
  // one-time links
  | "link-not-valid"
  | "already-enrolled";

/**
 * A refusal is a value, not an exception: a rule or a person said no.
 * `says` names the rule or the argument; `remedy` says what would satisfy it.
 */
export interface Refusal {
  readonly refused: RefusalCode;
  readonly says: string;
  readonly remedy?: string;
}

export function refuse(refused: RefusalCode, says: string, remedy?: string): Refusal {
  return remedy === undefined ? { refused, says } : { refused, says, remedy };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "refused" in value;
}
