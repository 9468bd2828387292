import { imageInFull, parseImage } from "./image.ts";
import type { Change, Operation } from "./operation.ts";
import type { Plan } from "./plan.ts";

/** A plan of this kind of change. */
type PlanOf<K extends Change["kind"]> = Plan & { readonly operation: Extract<Change, { readonly kind: K }> };

/**
 * What takes a change back, by its kind: only where it honestly does, so that things are as they were. What is not here
 * has no way back that could be offered as one: an ended pod stays ended, also after a drain, and what was changed under
 * a pause has rolled out by the time one could pause again.
 */
const undos: { readonly [K in Change["kind"]]?: (plan: PlanOf<K>) => Operation | undefined } = {
  scale({ operation, changes }) {
    const { cluster, target } = operation;
    const from = changes.find(({ field }) => field === "spec.replicas")?.from ?? "";
    return /^\d{1,4}$/.test(from) ? { kind: "scale", cluster, target, replicas: Number(from) } : undefined;
  },
  // The revision it had keeps its number as long as it is kept at all; a plan says when it is not there any more.
  "rollout-undo"({ operation, changes }) {
    const { cluster, target } = operation;
    const from = changes.find(({ field }) => field === "revision")?.from ?? "";
    return /^[1-9]\d{0,8}$/.test(from)
      ? { kind: "rollout-undo", cluster, target, toRevision: Number(from) }
      : undefined;
  },
  cordon: ({ operation: { cluster, target } }) => ({ kind: "uncordon", cluster, target }),
  "set-image"({ operation, changes }) {
    const { cluster, target } = operation;
    const images: Record<string, string> = {};
    for (const { field, from } of changes) {
      const [, container] = /^(?:init )?container ([a-z0-9-]+): image$/.exec(field) ?? [];
      const image = parseImage(from);
      // An image that names no version cannot be asked for again: it may be another by now.
      if (container === undefined || "wrong" in image) return undefined;
      images[container] = imageInFull(image);
    }
    return changes.length === 0 ? undefined : { kind: "set-image", cluster, target, images };
  },
  autoscale({ operation, changes }) {
    const { cluster, target } = operation;
    const from = (field: string) => changes.find((change) => change.field === field)?.from ?? "";
    const [min, max] = [from("spec.minReplicas"), from("spec.maxReplicas")].map((bound) =>
      /^[1-9]\d{0,3}$/.test(bound) ? Number(bound) : undefined,
    );
    if (min === undefined && max === undefined) return undefined;
    const back = { kind: "autoscale", cluster, target } as const;
    return { ...back, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  },
  "suspend-cronjob": ({ operation: { cluster, target } }) => ({ kind: "resume-cronjob", cluster, target }),
  "rollout-pause": ({ operation: { cluster, target } }) => ({ kind: "rollout-resume", cluster, target }),
};

/** The operation that takes back what this plan did; undefined where there is none. It is asked for like any other. */
export function undoOf(plan: Plan): Operation | undefined {
  const { kind } = plan.operation;
  if (!Object.hasOwn(undos, kind)) return undefined;
  const undo = undos[kind as Change["kind"]] as ((plan: Plan) => Operation | undefined) | undefined;
  return undo?.(plan);
}
