import type { Entry, Form, Typed } from "../entry.ts";
import { imageInFull, parseImage, splitAssignment } from "../image.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { spokenTarget, type Target, targetInWords } from "../target.ts";
import { readTarget, short } from "../typed.ts";
import type { WorkloadKind } from "./workloads.ts";

/** Gives containers of a workload other images, as `kubectl set image` does; the policy says from which registries. */
export interface SetImage {
  readonly kind: "set-image";
  readonly cluster: string;
  readonly target: Target<WorkloadKind>;
  /** Container or init container -> its image in full, as {@link imageInFull} writes it; in the order of the names. */
  readonly images: Readonly<Record<string, string>>;
}

/** What one person can look at. */
const most = 10;

export const setImage: Entry<SetImage> = {
  usage: "set image deploy|sts|ds/NAME CONTAINER=IMAGE -n NAMESPACE -- REASON",
  summary: "give containers other images, from registries the policy allows",
  group: "@change",
  idempotent: true,
  account: "countersign-set-image",
  rules: [
    {
      apiGroups: ["apps"],
      resources: ["deployments", "statefulsets", "daemonsets"],
      verbs: ["get", "list", "watch", "patch"],
    },
  ],
  plansWith: [{ apiGroups: ["apps"], resources: ["statefulsets", "daemonsets"], verbs: ["get"] }],
  say: ({ target, images }) => `set image ${spokenTarget(target)} ${assignments(images).join(" ")}`,
  headline: ({ target }) => `Set the image of ${target.name}`,
  wish: ({ target, images }) => `give the ${targetInWords(target)} ${assignments(images).join(" and ")}`,
};

export const imageForms: readonly Form<SetImage>[] = [
  {
    words: "set image",
    usage: setImage.usage,
    namespace: "needed",
    read(typed) {
      const isAssignment = (word: string) => word.includes("=");
      const target = readTarget({ ...typed, positionals: typed.positionals.filter((word) => !isAssignment(word)) }, [
        "Deployment",
        "StatefulSet",
        "DaemonSet",
      ]);
      if (isRefusal(target)) return target;
      const images = readImages(typed.positionals.filter(isAssignment), typed);
      return isRefusal(images) ? images : { kind: "set-image", cluster: typed.cluster, target, images: images.images };
    },
  },
];

function readImages(words: readonly string[], { usage }: Typed): { readonly images: SetImage["images"] } | Refusal {
  if (words.length === 0)
    return refuse("bad-arguments", "It is not said which container gets which image.", `Usage: \`${usage}\``);
  if (words.length > most)
    return refuse("bad-arguments", `${words.length} images are too many at once.`, `Give at most ${most}.`);
  const found = new Map<string, string>();
  for (const word of words) {
    const assignment = splitAssignment(word);
    if (!assignment)
      return refuse(
        "bad-arguments",
        word.startsWith("*=")
          ? "`*` is never taken: what is approved is what was looked at."
          : `\`${short(word)}\` names no container.`,
        `Say each container by its name. Usage: \`${usage}\``,
      );
    const { container, image } = assignment;
    if (found.has(container))
      return refuse("bad-arguments", `The container \`${container}\` is given two images.`, "Give it one.");
    const parsed = parseImage(image);
    if ("wrong" in parsed) return refuse("bad-arguments", `\`${short(image)}\` ${parsed.wrong}.`, parsed.right);
    found.set(container, imageInFull(parsed));
  }
  return { images: Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function assignments(images: SetImage["images"]): readonly string[] {
  return Object.entries(images).map(([container, image]) => `${container}=${image}`);
}
