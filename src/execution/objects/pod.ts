import type { KubeObject } from "../../ports/cluster.ts";
import { list, record, text, texts } from "./fields.ts";
import { type Owner, ownerOf } from "./owner.ts";
import { isEnding } from "./watch-end.ts";

/** The fields of a pod that planning and watching read. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly node: string;
  /** Whether the pod comes back depends on it. */
  readonly owner: Owner | null;
  /** Stands for a static pod, which only the kubelet ends. */
  readonly mirror: boolean;
  readonly emptyDir: boolean;
  /** It is being deleted already. */
  readonly ending: boolean;
  /** It has run to its end, well or not. */
  readonly finished: boolean;
  readonly ready: boolean;
}

/** "1 pod", "3 pods"; with a verb in its two forms, "1 pod goes", "3 pods go". */
export function podsInWords(count: number, [one, more]: readonly [string, string] = ["", ""]): string {
  return (count === 1 ? `1 pod ${one}` : `${count} pods ${more}`).trimEnd();
}

export function viewPod(object: KubeObject): Pod {
  const metadata = record(object["metadata"]);
  const spec = record(object["spec"]);
  const status = record(object["status"]);
  return {
    namespace: text(metadata["namespace"]),
    name: text(metadata["name"]),
    uid: text(metadata["uid"]),
    labels: texts(metadata["labels"]),
    node: text(spec["nodeName"]),
    owner: ownerOf(object),
    mirror: Object.hasOwn(texts(metadata["annotations"]), "kubernetes.io/config.mirror"),
    emptyDir: list(spec["volumes"]).some((volume) => record(volume)["emptyDir"] !== undefined),
    ending: isEnding(object),
    finished: ["Succeeded", "Failed"].includes(text(status["phase"])),
    ready: list(status["conditions"])
      .map(record)
      .some(({ type, status }) => type === "Ready" && status === "True"),
  };
}
