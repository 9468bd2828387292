import { spoken } from "../operation/catalogue.ts";
import type { RunRunbook } from "../operation/operation.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { On } from "../request/event.ts";
import type { Executing, Granted } from "../request/request.ts";
import { type ChangePlan, changePlanOf } from "./act.ts";
import { preconditionOf } from "./apply-once.ts";
import type { Bench } from "./bench.ts";
import { whyNot, whyNotByPolicy } from "./check-grant.ts";
import { endUnknown, type Hold } from "./hold.ts";
import { holdStep } from "./hold-step.ts";
import { rePlan } from "./re-plan.ts";
import { goOn } from "./recover.ts";
import { stepsOf, wholePlan } from "./steps.ts";

/** Begins a runbook: every step is planned anew before the first is run, and nothing runs where one is not as approved. */
export async function beginSteps(bench: Bench, hold: Hold, cluster: Cluster, request: Granted): Promise<void> {
  const operation = runbookOf(request);
  const plans: ChangePlan[] = [];
  for (const [i, step] of stepsOf(request, operation).entries()) {
    const plan = await rePlan(bench, cluster, step);
    if (typeof plan === "string") return conflicted(hold, `step ${i + 1}: ${plan}`);
    plans.push(plan);
  }
  const whole = wholePlan(operation, plans);
  const raised = await whyNotByPolicy(bench, request, whole.facts);
  if (raised !== undefined) return conflicted(hold, raised);
  const intent = { step: 0, ...preconditionOf(whole) };
  await hold.step((now) => ({ type: "intended", fence: hold.fence, intent, leaseUntil: now + bench.leaseMs }));
  await runSteps(bench, hold, cluster, request, { late: false });
}

/** Goes on with a runbook whose worker is gone: from its first step, for each has a ticket that says whether it began. */
export async function recoverSteps(bench: Bench, hold: Hold, cluster: Cluster, request: Executing): Promise<void> {
  const refused = await whyNot(bench, request);
  if (refused !== undefined) return endUnknown(hold, `It had begun, and cannot be gone on with: ${refused}.`);
  const late = (await bench.store.now()) > request.grant.grant.notAfter;
  await runSteps(bench, hold, cluster, request, { late });
}

/** One step after the other; the first that does not succeed is the last. Whoever began in time goes on to the end. */
async function runSteps(
  bench: Bench,
  hold: Hold,
  cluster: Cluster,
  request: Granted | Executing,
  { late }: { readonly late: boolean },
): Promise<void> {
  const steps = stepsOf(request, runbookOf(request));
  const ends: On<"finished">[] = [];
  for (const [i, step] of steps.entries()) {
    const plan = changePlanOf(step.plan);
    if (!plan) throw new Error(`step ${i + 1} is about no object`);
    const own = holdStep(hold, i, steps.length);
    const unbegun = (why: string) => `It was not begun, and nothing of it was done: ${why.replace(/\.$/, "")}.`;
    const anew = () => rePlan(bench, cluster, step);
    await goOn(bench, own.hold, cluster, { request: step, plan, late, anew, unbegun });
    const end = own.ended();
    if (!end) throw new Error(`step ${i + 1} has not ended`);
    ends.push(end);
    if (end.as !== "succeeded") return finish(hold, ends, end.as, stoppedAt(i, steps, end));
  }
  await finish(hold, ends, "succeeded", steps.length === 1 ? "done: its one step" : `done: all ${steps.length} steps`);
}

function stoppedAt(i: number, steps: readonly (Granted | Executing)[], { as, outcome }: On<"finished">): string {
  const before = i === 0 ? "" : i === 1 ? " Step 1 was done." : ` Steps 1 to ${i} were done.`;
  const left = steps.length - i - 1;
  const after = left === 0 ? "" : ` ${left === 1 ? "The last one was" : `The ${left} after it were`} not begun.`;
  const step = steps[i];
  const what = `Step ${i + 1} of ${steps.length}${step ? ` (${spoken(step.operation)})` : ""}`;
  return `${what} ${as === "unknown" ? "is unknown" : "failed"}: ${outcome.says}${before}${after}`;
}

/** The whole ends as its last step did; what was asked of the cluster, and under which tokens, is that of all. */
async function finish(
  hold: Hold,
  ends: readonly On<"finished">[],
  as: On<"finished">["as"],
  says: string,
): Promise<void> {
  const credentials = ends.flatMap(({ outcome }) => outcome.credential ?? []);
  const made = ends.length > 1 || ends.some((end) => end.made);
  await hold.step((at) => ({
    type: "finished",
    fence: hold.fence,
    as,
    ...(made ? { made } : {}),
    outcome: {
      at,
      says,
      apiAuditIds: ends.flatMap(({ outcome }) => outcome.apiAuditIds),
      ...(credentials.length > 0 ? { credential: credentials.join(", ") } : {}),
    },
  }));
}

async function conflicted(hold: Hold, why: string): Promise<void> {
  await hold.step(() => ({ type: "conflicted", fence: hold.fence, why }));
}

function runbookOf({ operation }: Granted | Executing): RunRunbook {
  if (operation.kind !== "runbook") throw new Error(`${operation.kind} is no runbook`);
  return operation;
}
