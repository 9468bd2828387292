import { z } from "zod";

// What settings of one shape have in common, with the words for what is none.

/** Words separated by commas. */
export const list = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

export const minute = 60_000;
/** Whole seconds in the environment, milliseconds in here. */
export const seconds = (otherwise: number, most = 999_999, because = "") =>
  z
    .string()
    .refine(
      (text) => /^[1-9]\d{0,5}$/.test(text) && Number(text) <= most,
      `must be whole seconds, 1 to ${most}${because}`,
    )
    .transform((text) => Number(text) * 1000)
    .default(otherwise);
export const port = z
  .string()
  .regex(/^\d{1,5}$/, "must be a port, 0 to 65535")
  .transform(Number)
  .refine((value) => value <= 65_535, "must be a port, 0 to 65535");
export const names = list.refine((all) => all.length > 0, "must name at least one, separated by commas");
/** A cluster is called by an RFC 1123 label: it stands in the names of queues and keys. */
export const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
export const labelWords = "a cluster's name has lower-case letters, digits and dashes";
export const redisUrl = z
  .string()
  .regex(/^(rediss?:\/\/|unix:\/\/\/)/, "must begin with redis://, rediss:// or unix:///");

/** A page where passkeys work: browsers give them to a name alone, over https or on this very machine (Web Authentication). */
export const pagesUrl = z
  .url({ protocol: /^https?$/, error: "must be the address people open, such as https://…" })
  .refine((text) => /^https:|^http:\/\/localhost(:|\/|$)/.test(text), "must be https, or http://localhost")
  .refine(
    (text) => !/^https?:\/\/(\[|[\d.]+(:|\/|$))/.test(text),
    "must have a name, for a passkey belongs to none of numbers",
  );
export const channelId = z.string().regex(/^[CG][A-Z0-9]+$/, "must be a channel id, such as C0123ABC");
