/** How a write is meant. */
export interface Intent {
  /** Who is noted in `managedFields`. */
  readonly manager: string;
  readonly dryRun: boolean;
  readonly fieldValidation: "Strict" | "Warn" | "Ignore";
}

/** What must hold for an object to be deleted, and how long it may take to end. */
export interface Removal {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
}
