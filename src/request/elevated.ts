import type { HeldUp } from "./held-up.ts";

/** A role that was given for a while, from when it was known, or feared, to be. */
export interface Elevation {
  /** By the signed grant: milliseconds since 1970, by Redis's clock. */
  readonly until: number;
  /** Asked to end before its time. */
  readonly revoked?: { readonly at: number; readonly by: string; readonly why: string };
  /** It should have ended, and could not be ended yet. */
  readonly overdue?: HeldUp;
  readonly ended?: {
    readonly at: number;
    /** `gone`: when it was to be taken away, it was not there any more. */
    readonly how: "on-time" | "revoked" | "gone";
    readonly apiAuditIds: readonly string[];
  };
}
