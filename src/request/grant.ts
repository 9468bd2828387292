import type { Unusual } from "../policy/policy.ts";

/** Signed, expiring leave to run one plan once. Everything the worker must hold the record against. */
export interface Grant {
  readonly v: "countersign.grant.v1";
  readonly request: string;
  readonly digest: string;
  readonly cluster: string;
  readonly requester: string;
  readonly approvers: readonly string[];
  readonly tier: string;
  readonly policy: string;
  /** Nobody approved it before, and its review is owed from now on. */
  readonly breakGlass?: true;
  /** What only the web process saw and the policy was decided on: the Slack channel, what the records say, and what Slack does. */
  readonly channel?: string;
  readonly unusual?: Unusual;
  readonly slackGroups?: readonly string[];
  /** ID tokens that say in which groups of the identity provider these people are, by subject. */
  readonly memberships?: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly grantedAt: number;
  /** After this nothing may begin, whatever the record says. */
  readonly notAfter: number;
}

/** The grant with an Ed25519 signature (RFC 8032), base64url, over its canonical JSON. */
export interface SignedGrant {
  readonly grant: Grant;
  readonly signature: string;
}
