import type { Entry, Form } from "../entry.ts";
import { isRefusal, refuse } from "../refusal.ts";
import { spokenTarget, type Target, targetInWords } from "../target.ts";
import { readTarget, readWhole } from "../typed.ts";

/**
 * Moves the bounds of the autoscaler that stands over a workload; it makes none, and leaves what it measures as it is.
 * One of the two bounds is given at least.
 */
export interface Autoscale {
  readonly kind: "autoscale";
  readonly cluster: string;
  /** The workload, or the autoscaler itself. */
  readonly target: Target<"Deployment" | "StatefulSet" | "HorizontalPodAutoscaler">;
  /** 1 to 9999. */
  readonly min?: number;
  /** 1 to 9999. */
  readonly max?: number;
}

const least = 1;
const most = 9_999;

export const autoscale: Entry<Autoscale> = {
  usage: "autoscale deploy|sts|hpa/NAME --min=N --max=N -n NAMESPACE -- REASON",
  summary: "move the bounds of the autoscaler over a workload",
  group: "@change",
  idempotent: true,
  account: "countersign-autoscale",
  rules: [{ apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["get", "patch"] }],
  plansWith: [
    { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["get"] },
    { apiGroups: ["apps"], resources: ["statefulsets"], verbs: ["get"] },
  ],
  say: ({ target, min, max }) => `autoscale ${spokenTarget(target)} ${flags({ min, max }).join(" ")}`,
  headline: ({ target }) => `Move the bounds of ${target.name}`,
  wish: ({ target, min, max }) => `let the ${targetInWords(target)} be scaled ${bounds({ min, max })}`,
};

export const autoscalerForms: readonly Form<Autoscale>[] = [
  {
    words: "autoscale",
    usage: autoscale.usage,
    namespace: "needed",
    flags: { min: {}, max: {} },
    read(typed) {
      const target = readTarget(typed, ["Deployment", "StatefulSet", "HorizontalPodAutoscaler"]);
      if (isRefusal(target)) return target;
      const asked: Record<string, number> = {};
      for (const flag of ["min", "max"].filter((one) => typed.flags[one] !== undefined)) {
        const bound = readWhole(typed, flag, [least, most], "number of replicas");
        if (isRefusal(bound)) return bound;
        asked[flag] = bound;
      }
      const { min, max } = asked;
      if (min === undefined && max === undefined)
        return refuse("bad-arguments", "Neither `--min` nor `--max` is given.", `Usage: \`${typed.usage}\``);
      if (min !== undefined && max !== undefined && min > max)
        return refuse(
          "bad-arguments",
          `Nothing is at least ${min} and at most ${max}.`,
          "Give a `--max` not below `--min`.",
        );
      return {
        kind: "autoscale",
        cluster: typed.cluster,
        target,
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
      };
    },
  },
];

interface Bounds {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

function flags({ min, max }: Bounds): readonly string[] {
  return [...(min === undefined ? [] : [`--min=${min}`]), ...(max === undefined ? [] : [`--max=${max}`])];
}

function bounds({ min, max }: Bounds): string {
  if (max === undefined) return `to at least ${min}`;
  return min === undefined ? `to at most ${max}` : `between ${min} and ${max}`;
}
