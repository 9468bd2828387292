import { z } from "zod";
import type { Raise, Tier } from "./policy.ts";
import { present } from "./present.ts";
import { objects, words, zone } from "./shapes.ts";
import { momentsOf } from "./zone.ts";

const local = z
  .string()
  .refine(
    (text) => momentsOf(text, "UTC") !== undefined,
    "a moment is written 2026-12-24T18:00, as the clocks there show it",
  );

/** A time in which more is asked for, or nothing allowed: a raise with a beginning and an end. */
export const freeze = z.strictObject({
  name: z.string().min(1),
  from: local,
  to: local,
  /** Absent: the policy's. */
  zone: zone.optional(),
  /** Absent: every change. */
  operations: words.default(["@change"]),
  clusters: words.optional(),
  namespaces: objects.optional(),
  tier: z.string().optional(),
  deny: z.string().min(1).optional(),
});
type WrittenFreeze = z.infer<typeof freeze>;

/**
 * The raise that a freeze is. It is never shorter than written: where clocks are set back it begins with the earlier of
 * two moments of that name and ends with the later, and where they are set forward it covers the hour that is not there.
 */
export function raiseOfFreeze({ zone, from, to, deny, tier, ...where }: WrittenFreeze, timeZone = "UTC"): Raise {
  const during = windowOf({ zone, from, to }, timeZone);
  return present<Raise>({ ...where, during, tier: tier ?? tierNameOf(where.name) });
}

/** The tier of a freeze that denies: it has one of its own. */
export function tierOfFreeze({ name, deny }: WrittenFreeze): Tier | undefined {
  return deny === undefined ? undefined : { name: tierNameOf(name), requirements: {}, deny };
}

/** What is wrong with a freeze, and where in it. */
export function faultsOfFreeze(
  written: WrittenFreeze,
  timeZone = "UTC",
): readonly { readonly path: readonly PropertyKey[]; readonly says: string }[] {
  const { from, to } = windowOf(written, timeZone);
  return [
    ...((written.tier === undefined) === (written.deny === undefined)
      ? [{ path: [], says: "say what it comes to: a `tier` or `deny`, not both" }]
      : []),
    ...(from < to ? [] : [{ path: ["to"], says: "it ends before it begins" }]),
  ];
}

function windowOf({ zone, from, to }: Pick<WrittenFreeze, "zone" | "from" | "to">, timeZone: string) {
  const [begins, ends] = [from, to].map((text) => momentsOf(text, zone ?? timeZone));
  return { from: begins?.earliest ?? 0, to: ends?.latest ?? 0 };
}

// With a blank, so that no tier that people wrote is called so.
function tierNameOf(name: string): string {
  return `freeze ${name}`;
}
