import { canonical, sha256 } from "../../audit/canonical.ts";
import type { SetImage } from "../../operation/catalogue/images.ts";
import { imageInFull, parseImage } from "../../operation/image.ts";
import type { Json } from "../../operation/plan.ts";
import { spokenTarget } from "../../operation/target.ts";
import type { Act } from "../act.ts";
import { list, record, text, texts } from "../objects/fields.ts";
import { patched, refOf } from "../objects/planned-object.ts";
import { replacementInWords } from "../objects/replacement.ts";
import { stamped } from "../objects/stamp.ts";
import { liveViewOf } from "../objects/surroundings.ts";
import { followRollout } from "../objects/watch-rollout.ts";
import { plannedWorkload, viewWorkload } from "../objects/workload.ts";

/** Where a pod's containers stand, and what one of each is called. */
const lists = { containers: "container", initContainers: "init container" } as const;
type List = keyof typeof lists;

/** Sets images by the names of their containers, and nothing else, in a template that is bound by its digest. */
export const setImage: Act<SetImage> = {
  async plan(reader, operation, now) {
    const { target, images } = operation;
    const workload = viewWorkload((await reader.get(refOf(target))).object, target.kind);
    const spoken = spokenTarget(target);
    if (workload.paused)
      return { unplannable: `${spoken} is paused: another image would wait until somebody resumes it.` };
    const standing = containersOf(workload.template);
    const missing = Object.keys(images).find((name) => !standing.some((one) => one.name === name));
    if (missing !== undefined)
      return {
        unplannable: `${spoken} has no container ${missing}; it has ${standing.map(({ name }) => name).join(", ")}.`,
      };
    const meant = standing.flatMap((one) => {
      const to = Object.hasOwn(images, one.name) ? images[one.name] : undefined;
      return to === undefined ? [] : [{ ...one, to }];
    });
    const changed = meant.filter(({ image, to }) => inFull(image) !== to);
    if (changed.length === 0) return { unplannable: `${spoken} has these images already.` };
    const inList = (field: List) =>
      Object.fromEntries(meant.filter((one) => one.field === field).map(({ name, to }) => [name, to]));
    return {
      operation,
      object: plannedWorkload(target, workload),
      changes: changed.map(({ field, name, image, to }) => ({
        field: `${lists[field]} ${name}: image`,
        from: image,
        to,
      })),
      binding: {
        template: sha256(canonical(workload.template)),
        containers: inList("containers"),
        initContainers: inList("initContainers"),
      },
      effects: [replacementInWords(workload), ...changed.flatMap(({ to }) => mutable(to))],
      facts: { replicas: workload.replicas, labels: workload.labels },
      live: await liveViewOf(reader, target, workload, now),
    };
  },

  apply(session, plan, { stamp, resourceVersion, dryRun }) {
    const binding = record(plan.binding);
    const named = (field: List) => Object.entries(texts(binding[field])).map(([name, image]) => ({ name, image }));
    const filled = (Object.keys(lists) as List[]).filter((field) => named(field).length > 0);
    const body = {
      metadata: {
        uid: plan.object.uid,
        resourceVersion,
        annotations: stamped(stamp),
      },
      spec: { template: { spec: Object.fromEntries(filled.map((field) => [field, named(field)])) } },
    };
    return session.patch(refOf(plan.object), "strategic", body, { dryRun });
  },

  shows: (object, plan, about) => patched(object, plan.object.uid, about),
  follow: (at) =>
    followRollout(
      at,
      ({ updated, wanted, available }) => `${updated} of ${wanted} pods have the new image, ${available} available`,
    ),
};

function containersOf(template: Json) {
  const spec = record(record(template)["spec"]);
  return (Object.keys(lists) as List[]).flatMap((field) =>
    list(spec[field])
      .map(record)
      .map(({ name, image }) => ({ field, name: text(name), image: text(image) })),
  );
}

/** As it would be written in full; what was set from elsewhere may have no version at all. */
function inFull(image: string): string {
  const parsed = parseImage(image);
  return "wrong" in parsed ? image : imageInFull(parsed);
}

function mutable(image: string): readonly string[] {
  const parsed = parseImage(image);
  if ("wrong" in parsed || parsed.digest !== undefined) return [];
  return [`The tag of ${image} can be moved to something else later: only a digest names one image for good.`];
}
