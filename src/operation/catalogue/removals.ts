import type { Form } from "../entry.ts";
import { isRefusal } from "../refusal.ts";
import { readTarget } from "../typed.ts";
import { type DeletePod, type DeletePodForce, deletePod } from "./pods.ts";

/** `delete KIND/NAME`: one form, since what is removed decides which operation it is. */
export const removalForms: readonly Form<DeletePod | DeletePodForce>[] = [
  {
    words: "delete",
    usage: deletePod.usage,
    namespace: "needed",
    flags: { force: { isSwitch: true } },
    read(typed) {
      const target = readTarget(typed, ["Pod"]);
      if (isRefusal(target)) return target;
      const { cluster, flags } = typed;
      return { kind: flags["force"] === undefined ? "delete-pod" : "delete-pod-force", cluster, target };
    },
  },
];
