import { z } from "zod";
import { parseSpan, spanShape } from "../operation/span.ts";
import { isZone } from "./zone.ts";

// What values of one shape have in common, in whatever part of a policy document they stand.

const day = 24 * 3_600_000;

/** At most 24 h, since an older proof is no proof of presence. */
export const duration = z
  .string()
  .transform((text) => parseSpan(text))
  .refine((ms) => ms !== undefined, `a duration looks like ${spanShape}`)
  .transform((ms) => ms ?? 0)
  .refine((ms) => ms > 0 && ms <= day, "a duration is more than 0 and at most 24h");

export const matching = (shape: RegExp, says: string) => z.array(z.string().regex(shape, says)).min(1);
/** A channel, by its id: names can be given to another. */
export const channel = z.string().regex(/^[CG][A-Z0-9]+$/, "a channel is its id in Slack, such as C0123ABC");
export const words = z.array(z.string().min(1)).min(1);
/** Namespaces and names of objects, with `*`. What could never match is a fault: of a raise it would be a bar that never rises. */
export const objects = matching(
  /^[a-z0-9.*-]+$/,
  "names in Kubernetes are lower-case letters, digits, dots and dashes, and * here",
);
export const groupsFor = (who: string) => matching(/^(?!group:)[^*]+$/, `${who} written as the name of a group alone`);
export const zone = z.string().refine(isZone, "a time zone is one of the IANA database, such as Europe/Berlin");
