import type { Cluster } from "../ports/cluster.ts";
import type { Executing, Granted } from "../request/request.ts";
import type { ChangePlan } from "./act.ts";
import type { Bench } from "./bench.ts";
import { whyNotByPolicy } from "./check-grant.ts";
import { rePlan } from "./re-plan.ts";

/** The plan anew, if it is what was approved and the worker's policy asks for no more on it; else why not, for people. */
export async function freshPlan(
  bench: Bench,
  cluster: Cluster,
  request: Granted | Executing,
): Promise<ChangePlan | string> {
  const plan = await rePlan(bench, cluster, request);
  if (typeof plan === "string") return plan;
  return (await whyNotByPolicy(bench, request, plan.facts)) ?? plan;
}
