import type { Cordon, Uncordon } from "../../operation/catalogue/nodes.ts";
import type { ApiAnswer, Session } from "../../ports/cluster.ts";
import type { Act, ChangePlan, Stamp } from "../act.ts";
import { liveViewOfNode, type OnNode, othersLeft, plannedNode, readNodeWithPods } from "../objects/node.ts";
import { patched, refOf } from "../objects/planned-object.ts";
import { podsInWords } from "../objects/pod.ts";
import { stamped } from "../objects/stamp.ts";

/** Keeps new pods off a node by `spec.unschedulable`, as `kubectl cordon` does. */
export const cordon: Act<Cordon> = setUnschedulable(
  true,
  ({ pods }) => `No new pod is placed on it; ${podsInWords(pods.length, ["stays", "stay"])}.`,
);

/** Lets it take pods again. */
export const uncordon: Act<Uncordon> = setUnschedulable(
  false,
  () => "New pods may be placed on it again; none is moved to it.",
);

function setUnschedulable<O extends Cordon | Uncordon>(to: boolean, effect: (seen: OnNode) => string): Act<O> {
  return {
    async plan(reader, operation, now) {
      const seen = await readNodeWithPods(reader, operation.target);
      const { node } = seen;
      if (node.unschedulable === to)
        return { unplannable: `The node ${node.name} is ${to ? "cordoned already" : "not cordoned"}.` };
      const live = liveViewOfNode(seen, now);
      const warnings = to ? [...live.warnings, ...(await othersLeft(reader, node))] : live.warnings;
      return {
        operation,
        object: plannedNode(node),
        changes: [{ field: "spec.unschedulable", from: String(node.unschedulable), to: String(to) }],
        binding: { unschedulable: node.unschedulable },
        effects: [effect(seen)],
        facts: { replicas: 0, labels: node.labels },
        live: { ...live, warnings },
      };
    },

    apply: (session, plan, how) => patchUnschedulable(session, plan, to, how),
    shows: (object, plan, about) => patched(object, plan.object.uid, about),
  };
}

/** The call that cordons or lets go a node, in the name of its request. */
export function patchUnschedulable(
  session: Session,
  { object }: ChangePlan,
  unschedulable: boolean,
  { stamp, resourceVersion, dryRun }: { stamp: Stamp; resourceVersion: string; dryRun: boolean },
): Promise<ApiAnswer> {
  const annotations = stamped(stamp);
  const body = { metadata: { uid: object.uid, resourceVersion, annotations }, spec: { unschedulable } };
  return session.patch(refOf(object), "merge", body, { dryRun });
}
