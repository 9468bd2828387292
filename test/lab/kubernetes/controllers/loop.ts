import type { KubeObject } from "../object.ts";
import type { Store } from "../store.ts";

/** What a controller is given beside its object: where things stand, and a way to look again later. */
export interface Loop {
  readonly store: Store;
  /** At that time, in milliseconds since 1970. Of several calls for an object the last counts. */
  lookAgain(object: KubeObject, at: number): void;
}

/** Takes one object a step further; what it writes makes it be called again, until nothing is left to do. */
export type Reconcile = (object: KubeObject, loop: Loop) => void;
