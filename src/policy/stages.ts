import type { ApprovalRule, Requirements } from "./policy.ts";

/** One stage of the approvals, as far as it has come. */
export interface OpenStage {
  readonly rule: ApprovalRule;
  /** Counted from 1, of so many. */
  readonly number: number;
  readonly of: number;
  /** Approvals given in it. */
  readonly given: number;
}

/** The stages in which approvals are asked for, first to last; empty where none are. */
export function stagesOf({ approvals }: Requirements): readonly ApprovalRule[] {
  return approvals ? [approvals, ...(approvals.next ?? [])] : [];
}

/** How many approvals it takes, over all stages. */
export function approvalsWanted(requirements: Requirements): number {
  return stagesOf(requirements).reduce((sum, { count }) => sum + count, 0);
}

/** The stage in which the next approval counts when so many were given; undefined = no more are asked for. */
export function openStage(requirements: Requirements, given: number): OpenStage | undefined {
  const stages = stagesOf(requirements);
  let before = 0;
  for (const [i, rule] of stages.entries()) {
    if (given < before + rule.count) return { rule, number: i + 1, of: stages.length, given: given - before };
    before += rule.count;
  }
  return undefined;
}
