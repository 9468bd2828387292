import { type OpenStage, openStage } from "../policy/stages.ts";
import type { AwaitingApproval, Request } from "./request.ts";

/** What is to be told next of a request that waits for approvals, and when, by Redis's clock. */
export interface NextCall {
  readonly type: "reminded" | "escalated";
  readonly at: number;
}

/** The next call there is; undefined where the policy wants none, or none is left. Nothing but waiting for approvals calls. */
export function nextCall(request: Request): NextCall | undefined {
  if (request.state !== "awaiting-approval" || !request.waiting) return undefined;
  const stage = stageOf(request);
  if (!stage) return undefined;
  const { remind, escalate } = stage.rule;
  const { since, reminded, escalated } = request.waiting;
  const calls: readonly NextCall[] = [
    ...(remind === undefined || reminded ? [] : [{ type: "reminded" as const, at: since + remind }]),
    ...(!escalate || escalated
      ? []
      : [{ type: "escalated" as const, at: tooFew(request, stage) ? since : since + escalate.after }]),
  ];
  return calls.toSorted((one, other) => one.at - other.at)[0];
}

/** Whether too few people could approve in this stage when it was decided: then nobody need wait to say so. */
function tooFew({ approvers }: AwaitingApproval, { number, rule }: OpenStage): boolean {
  const known = approvers?.[number - 1];
  return known !== undefined && known.length < rule.count;
}

/** The stage that waits. */
export function stageOf({ decision, approvals }: AwaitingApproval): OpenStage | undefined {
  return openStage(decision.requirements, approvals.length);
}
