import type { Entry, Form, Typed } from "../entry.ts";
import { kindOf, objectKinds } from "../object-kind.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { spokenTarget, type Target, targetInWords } from "../target.ts";
import { readTarget, short } from "../typed.ts";
import { type DeletePod, type DeletePodForce, deletePodForce } from "./pods.ts";

/** What becomes of that which the object owns: it goes first, or after it, or stays behind. */
const cascades = ["foreground", "background", "orphan"] as const;
export type Cascade = (typeof cascades)[number];

/** Removes one named object; its manifest is kept for restoring it. */
interface Removing<K extends string, T extends "Deployment" | "StatefulSet" | "Job" | "ConfigMap"> {
  readonly kind: K;
  readonly cluster: string;
  readonly target: Target<T>;
  readonly cascade: Cascade;
}
export type DeleteDeployment = Removing<"delete-deployment", "Deployment">;
export type DeleteStatefulSet = Removing<"delete-statefulset", "StatefulSet">;
export type DeleteJob = Removing<"delete-job", "Job">;
export type DeleteConfigMap = Removing<"delete-configmap", "ConfigMap">;
export type DeleteObject = DeleteDeployment | DeleteStatefulSet | DeleteJob | DeleteConfigMap;

/** As `kubectl delete` does when nothing is said. */
const usual: Cascade = "background";

/** An account for each kind: leave to delete a ConfigMap is no leave to delete a workload. */
function removing<O extends DeleteObject>(kind: O["target"]["kind"]): Entry<O> {
  const { group, resource, noun, short: spoken } = objectKinds[kind];
  const cascade = kind === "ConfigMap" ? "" : " [--cascade=foreground|orphan]";
  return {
    usage: `delete ${spoken}/NAME -n NAMESPACE${cascade} -- REASON`,
    summary: `remove a ${noun}; its manifest is kept for restoring it`,
    group: "@change",
    idempotent: true,
    account: `countersign-delete-${noun}`,
    rules: [{ apiGroups: [group], resources: [resource], verbs: ["get", "list", "watch", "delete"] }],
    plansWith: [{ apiGroups: [group], resources: [resource], verbs: ["get"] }],
    say: ({ target, cascade }) => `delete ${spokenTarget(target)}${cascade === usual ? "" : ` --cascade=${cascade}`}`,
    headline: ({ target }) => `Delete ${target.name}`,
    wish: ({ target }) => `delete the ${targetInWords(target)}`,
  };
}

export const deleteDeployment = removing<DeleteDeployment>("Deployment");
export const deleteStatefulSet = removing<DeleteStatefulSet>("StatefulSet");
export const deleteJob = removing<DeleteJob>("Job");
export const deleteConfigMap = removing<DeleteConfigMap>("ConfigMap");

type Removal = DeletePod | DeletePodForce | DeleteObject;

const removable = ["Pod", "Deployment", "StatefulSet", "Job", "ConfigMap"] as const;

/** `delete KIND/NAME`: what is removed decides which operation it is. */
function read(typed: Typed): Removal | Refusal {
  const { cluster, flags, positionals } = typed;
  if (kindOf(positionals[0]?.split("/")[0] ?? "") === "Namespace")
    return refuse(
      "bad-arguments",
      "Namespaces are never deleted from here: all that is in them would go with them.",
      "Delete one object by its name.",
    );
  const target = readTarget(typed, removable);
  if (isRefusal(target)) return target;
  const { kind, name, namespace } = target;
  if (flags["force"] !== undefined && kind !== "Pod")
    return refuse("bad-arguments", "`--force` is for pods alone.", `Usage: \`${deletePodForce.usage}\``);
  if (kind === "Pod") {
    if (flags["cascade"] !== undefined)
      return refuse("bad-arguments", "A pod owns nothing: `--cascade` means nothing here.", "Leave it out.");
    return {
      kind: flags["force"] === undefined ? "delete-pod" : "delete-pod-force",
      cluster,
      target: { kind, name, namespace },
    };
  }
  const cascade = readCascade(flags["cascade"]);
  if (isRefusal(cascade)) return cascade;
  const said = { cluster, cascade };
  switch (kind) {
    case "Deployment":
      return { kind: "delete-deployment", ...said, target: { kind, name, namespace } };
    case "StatefulSet":
      return { kind: "delete-statefulset", ...said, target: { kind, name, namespace } };
    case "Job":
      return { kind: "delete-job", ...said, target: { kind, name, namespace } };
    case "ConfigMap":
      if (flags["cascade"] !== undefined)
        return refuse("bad-arguments", "A configmap owns nothing: `--cascade` means nothing here.", "Leave it out.");
      return { kind: "delete-configmap", ...said, target: { kind, name, namespace } };
  }
}

function readCascade(text: string | undefined): Cascade | Refusal {
  if (text === undefined) return usual;
  return (
    cascades.find((cascade) => cascade === text) ??
    refuse("bad-arguments", `\`--cascade=${short(text)}\` is none.`, `Give one of ${cascades.join(", ")}.`)
  );
}

export const removalForms: readonly Form<Removal>[] = [
  {
    words: "delete",
    usage: "delete pod|deploy|sts|job|cm/NAME -n NAMESPACE -- REASON",
    namespace: "needed",
    flags: { force: { isSwitch: true }, cascade: {} },
    read,
  },
];
