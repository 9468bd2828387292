import type { RolloutStatus } from "../../operation/catalogue/rollouts.ts";
import { objectKinds } from "../../operation/object-kind.ts";
import { heldBack, whyHeld } from "../objects/replacement.ts";
import { isRolledOut, isSeen, stuckOf } from "../objects/watch-rollout.ts";
import { viewWorkload, type Workload } from "../objects/workload.ts";
import type { Reader } from "./reader.ts";

/** How far a rollout has come by the rule of `kubectl rollout status`, in one look: nothing is waited for. */
export const readRolloutStatus: Reader<RolloutStatus> = async (session, { target }) => {
  const { group, version, resource, noun } = objectKinds[target.kind];
  const { namespace, name } = target;
  const { object } = await session.get({ group, version, resource, namespace, name });
  const workload = viewWorkload(object, target.kind);
  return { answer: [stateOf(`The ${noun} ${name}`, workload), ...countsOf(workload)].join("\n") };
};

function stateOf(whose: string, workload: Workload): string {
  if (!isSeen(workload)) return `${whose} was changed, and its controller has not looked at it yet.`;
  const held = heldBack(workload) === 0 ? "" : `, as far as it goes: ${whyHeld(workload)}`;
  if (isRolledOut(workload)) return `${whose} is rolled out${held}.`;
  const stuck = stuckOf(workload);
  if (stuck !== undefined) return `${whose} does not go on: ${stuck}.`;
  return workload.paused ? `${whose} is paused in the middle of a rollout.` : `${whose} is rolling out${held}.`;
}

function countsOf(workload: Workload): readonly string[] {
  if (!isSeen(workload)) return [];
  const { replicas, status } = workload;
  const old = Math.max(0, status.replicas - status.updated);
  return [
    `${status.updated} of ${replicas} pods have the newest template, ${status.ready} are ready, ${status.available} available.`,
    ...(old > 0 ? [`${old} with an older one ${old === 1 ? "is" : "are"} left.`] : []),
  ];
}
