import type { RolloutHistory } from "../../operation/catalogue/rollouts.ts";
import { objectKinds } from "../../operation/object-kind.ts";
import type { Json } from "../../operation/plan.ts";
import { list, record, text } from "../objects/fields.ts";
import { refOf } from "../objects/planned-object.ts";
import { revisionsOf } from "../objects/revisions.ts";
import type { Reader } from "./reader.ts";
import { age, table } from "./table.ts";

/** The revisions of a workload, the newest first: those that it can be undone to. */
export const readRolloutHistory: Reader<RolloutHistory> = async (session, { target }, now) => {
  const revisions = await revisionsOf(session, target, (await session.get(refOf(target))).object);
  if (revisions.length === 0)
    return { answer: `No revision of the ${objectKinds[target.kind].noun} ${target.name} is kept.` };
  const rows = revisions.map(({ number, made, template, cause }) => [
    String(number),
    age(made, now),
    imagesIn(template).join(",") || "<none>",
    cause.replace(/\s+/g, " ") || "<none>",
  ]);
  return { answer: table([["REVISION", "AGE", "IMAGES", "CHANGE-CAUSE"], ...rows]) };
};

function imagesIn(template: Json): readonly string[] {
  const containers = list(record(record(template)["spec"])["containers"]).map(record);
  return containers.map(({ image }) => text(image));
}
