import type { Drain } from "../../operation/catalogue/nodes.ts";
import type { Pod } from "./pod.ts";

/** What a drain does with one pod, and why; `refused`: the drain cannot be asked for like this. */
export type Verdict =
  | { readonly is: "evicted"; readonly why: string }
  | { readonly is: "kept"; readonly why: string }
  | { readonly is: "refused"; readonly why: string };

type Asked = Pick<Drain, "ignoreDaemonSets" | "deleteEmptyDirData" | "force">;
type Filter = (pod: Pod, asked: Asked) => Verdict | undefined;

const kept = (why: string): Verdict => ({ is: "kept", why });
const refused = (why: string, flag: string): Verdict => ({ is: "refused", why: `${why}; --${flag} says that it may` });

/** In this order, the first that has a verdict gives it; the filters of kubectl's drain (`pkg/drain/filters.go`). */
const filters: readonly Filter[] = [
  // It will be gone by the time of the act, and is not to void the approval by that.
  ({ ending }) => (ending ? kept("it is ending already") : undefined),
  ({ mirror }) => (mirror ? kept("a static pod, which only the kubelet ends") : undefined),
  ({ owner, finished }, { ignoreDaemonSets }) => {
    if (owner?.kind !== "DaemonSet" || finished) return undefined;
    return ignoreDaemonSets
      ? kept(`DaemonSet ${owner.name} would put it back at once`)
      : refused(`it belongs to the DaemonSet ${owner.name} and would stay`, "ignore-daemonsets");
  },
  ({ finished }) => (finished ? { is: "evicted", why: "it has run to its end" } : undefined),
  ({ emptyDir }, { deleteEmptyDirData }) =>
    emptyDir && !deleteEmptyDirData ? refused("it would lose its emptyDir data", "delete-emptydir-data") : undefined,
  ({ owner }, { force }) => {
    if (owner !== null) return undefined;
    return force
      ? { is: "evicted", why: "nothing owns it: it does not come back" }
      : refused("nothing owns it, and it would not come back", "force");
  },
  ({ owner, emptyDir }) => ({
    is: "evicted",
    why: `${owner?.kind} ${owner?.name} replaces it${emptyDir ? "; its emptyDir data is lost" : ""}`,
  }),
];

/** Pure: the verdict on one pod of the node. */
export function verdictOn(pod: Pod, asked: Asked): Verdict {
  for (const filter of filters) {
    const verdict = filter(pod, asked);
    if (verdict) return verdict;
  }
  throw new Error("the last filter has a verdict on every pod");
}
