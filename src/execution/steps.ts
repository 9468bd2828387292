import { digestOf } from "../operation/digest.ts";
import type { RunRunbook } from "../operation/operation.ts";
import { type Plan, type PlannedObject, plannedInWords } from "../operation/plan.ts";
import { askerOf } from "../request/asked.ts";
import type { Executing, Granted, Request } from "../request/request.ts";
import type { ChangePlan } from "./act.ts";

/** Under which a step of a request has its ticket, its tokens and its marks: steps on one object are told apart. */
function stepId(request: string, step: number): string {
  return `${request}-${step + 1}`;
}

/** A step as if it were a request of its own, to be planned. */
export function stepAsked<R extends Pick<Request, "id" | "requester" | "reason">>(
  request: R,
  { steps }: RunRunbook,
  step: number,
) {
  const operation = steps[step];
  if (!operation) throw new Error(`the runbook has no step ${step + 1}`);
  return { ...request, id: stepId(request.id, step), operation };
}

/**
 * The steps of a granted runbook, each as if it were a request of its own. What each is bound to follows from the plan
 * of the whole, which the grant's digest holds.
 */
export function stepsOf<R extends Granted | Executing>(request: R, operation: RunRunbook): readonly R[] {
  const { plan } = request;
  return operation.steps.map((_, i) => {
    const planned = plan.steps?.[i];
    if (!planned) throw new Error(`the plan has no step ${i + 1}`);
    const step = stepAsked(request, operation, i);
    return { ...step, plan: planned, digest: digestOf(askerOf(step), planned) };
  });
}

/** The plan of the whole out of those of its steps. */
export function wholePlan(operation: RunRunbook, steps: readonly ChangePlan[]): ChangePlan {
  const [first] = steps;
  if (!first) throw new Error("a runbook has a step at least");
  const sum = (of: (plan: ChangePlan) => number) => steps.reduce((all, plan) => all + of(plan), 0);
  const said = (of: (plan: Plan) => readonly string[]) =>
    steps.flatMap((plan, i) => of(plan).map((says) => `Step ${i + 1}: ${says}`));
  return {
    operation,
    object: first.object,
    also: othersIn(steps, first.object),
    steps,
    changes: steps.flatMap(({ changes, object }, i) =>
      changes.map((change) => ({ ...change, field: `${i + 1}. ${plannedInWords(object)}, ${change.field}` })),
    ),
    binding: null,
    effects: said(({ effects }) => effects),
    facts: { replicas: sum(({ facts }) => facts.replicas), labels: {}, steps: steps.map(({ facts }) => facts) },
    live: {
      readAt: first.live.readAt,
      resourceVersion: first.live.resourceVersion,
      ready: sum(({ live }) => live.ready),
      total: sum(({ live }) => live.total),
      warnings: said(({ live }) => live.warnings),
    },
  };
}

function othersIn(steps: readonly ChangePlan[], first: PlannedObject): readonly PlannedObject[] {
  const all = steps.flatMap(({ object, also = [] }) => [object, ...also]);
  return [...new Map(all.map((object) => [object.uid, object])).values()].filter(({ uid }) => uid !== first.uid);
}
