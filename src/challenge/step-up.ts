import type { Binding } from "./evidence.ts";

/** What presence is proved for: that one meant what one asked for, a yes to it, one's word on what came of it, or its review. */
export type Purpose = "prove" | "approve" | "ran" | "did-not-run" | "reviewed";

/** A step-up that was started on our own page: one person's, for one request, to one end. */
export interface StartedStepUp extends Binding {
  readonly request: string;
  readonly subject: string;
  readonly purpose: Purpose;
}

/** How long one may be answered, in ms (NIST SP 800-63B-4 section 3.1.3). */
export const stepUpMs = 600_000;
