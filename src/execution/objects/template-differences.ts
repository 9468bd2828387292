import { canonical } from "../../audit/canonical.ts";
import type { FieldChange, Json } from "../../operation/plan.ts";
import { list, record, text } from "./fields.ts";

type Fields = Readonly<Record<string, Json>>;

/** Where the other template comes from, for what is named and not shown: "revision 2". */
type Origin = string;

/**
 * What differs between two pod templates, for people: images by their value, everything else by its name alone, for
 * commands, environments and annotations may hold what nobody should copy.
 */
export function templateDifferences(from: Json, to: Json, origin: Origin): readonly FieldChange[] {
  const [old, next] = [record(from), record(to)];
  const named = (field: string): FieldChange => ({ field, from: "as it is", to: `as in ${origin}` });
  const [oldSpec, nextSpec] = [record(old["spec"]), record(next["spec"])];
  const found = [
    ...containerLists.flatMap((field) => containerDifferences(oldSpec[field], nextSpec[field], named)),
    ...differing(oldSpec, nextSpec, containerLists).map((field) => named(`pods: spec.${field}`)),
    ...["labels", "annotations"].flatMap((field) =>
      differing(record(record(old["metadata"])[field]), record(record(next["metadata"])[field])).map((key) =>
        named(`pods: ${field.slice(0, -1)} ${key}`),
      ),
    ),
  ];
  return found.length > 0 ? found : [named("pods: the order of the template's parts")];
}

const containerLists = ["initContainers", "containers"];

function containerDifferences(
  from: Json | undefined,
  to: Json | undefined,
  named: (field: string) => FieldChange,
): readonly FieldChange[] {
  const [old, next] = [byName(from), byName(to)];
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((name): readonly FieldChange[] => {
    const [before, after] = [old.get(name), next.get(name)];
    const field = `container ${name}`;
    if (!before) return [{ field, from: "none", to: text(after?.["image"]) }];
    if (!after) return [{ field, from: text(before["image"]), to: "none" }];
    const image = { field: `${field}: image`, from: text(before["image"]), to: text(after["image"]) };
    return [
      ...(image.from === image.to ? [] : [image]),
      ...differing(before, after, ["image"]).map((key) => named(`${field}: ${key}`)),
    ];
  });
}

function byName(containers: Json | undefined): ReadonlyMap<string, Fields> {
  return new Map(list(containers).map((one) => [text(record(one)["name"]), record(one)]));
}

/** The keys under which two objects have something else, but for some. */
function differing(a: Fields, b: Fields, except: readonly string[] = []): readonly string[] {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !except.includes(key));
  return keys.filter((key) => canonical(a[key] ?? null) !== canonical(b[key] ?? null)).sort();
}
