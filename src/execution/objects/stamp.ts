import type { Stamp } from "../act.ts";

/** The annotations that name our request on what it changed. */
export const requestAnnotation = "countersign.dev/request";
export const digestAnnotation = "countersign.dev/digest";

/** What every change leaves on its object; the admission policies refuse a change without. */
export function stamped({ request, digest }: Stamp): Readonly<Record<string, string>> {
  return { [requestAnnotation]: request, [digestAnnotation]: digest };
}
