/** How long the open stage has waited for approvals, and whom that was told. All times by Redis's clock. */
export interface Waiting {
  /** When it opened. */
  readonly since: number;
  readonly reminded?: Call;
  readonly escalated?: Call;
}

/** People who were called because a request waits for them. */
export interface Call {
  readonly at: number;
  /** Slack user ids of some of them; of more than {@link mostCalled} the others are not called. */
  readonly users: readonly string[];
  readonly others: boolean;
}

/** So many people are mentioned in one message at most. */
export const mostCalled = 5;
