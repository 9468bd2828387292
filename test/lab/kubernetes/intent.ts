import type { Propagation } from "./deletion.ts";
import type { KubeObject } from "./object.ts";

/** How a write is meant. */
export interface Intent {
  /** Who is noted in `managedFields`. */
  readonly manager: string;
  readonly dryRun: boolean;
  readonly fieldValidation: "Strict" | "Warn" | "Ignore";
  /** Sees what would be stored, before it is validated; throws to refuse it. */
  readonly admit?: (object: KubeObject) => void;
}

/** What must hold for an object to be deleted, how long it may take to end, and what becomes of what it owns. */
export interface Removal {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly graceSeconds?: number;
  readonly propagation?: Propagation;
  readonly dryRun: boolean;
}
