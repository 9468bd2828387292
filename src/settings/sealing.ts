import { z } from "zod";
import { list } from "./fields.ts";

const sealingKeyShape = /^[a-z0-9-]{1,32}:[A-Za-z0-9+/]{43}=$/;
/** The keys that seal authenticator seeds, as an environment has them. */
export const sealing = {
  /** Seals from now on. */
  COUNTERSIGN_SEALING_KEY: z.string().regex(sealingKeyShape, "must be KEY-ID:BASE64 of 32 random bytes"),
  /** Sealed before, and still open what they sealed. */
  COUNTERSIGN_SEALING_KEYS_OLD: list
    .refine(
      (all) => all.every((one) => sealingKeyShape.test(one)),
      "must be KEY-ID:BASE64 of 32 random bytes each, separated by commas",
    )
    .default([]),
};

/** The keys that seal and open; the first one seals. */
export interface SealingSettings {
  readonly sealingKey: string;
  readonly retiredKeys: readonly string[];
}

/** A sealed text names its key by the id alone. */
export function sealingFaults(values: Readonly<Record<string, string>>): readonly string[] {
  const { COUNTERSIGN_SEALING_KEY: current = "", COUNTERSIGN_SEALING_KEYS_OLD: retired = "" } = values;
  const ids = [current, ...list.parse(retired)].map((key) => key.split(":")[0]);
  return new Set(ids).size === ids.length ? [] : ["COUNTERSIGN_SEALING_KEYS_OLD: two sealing keys have one id"];
}
