/** Why it cannot be gone on with yet. The step that goes on with it takes this away. */
export interface HeldUp {
  readonly since: number;
  /** A clause without its full stop: "the cluster prod-eu does not answer". */
  readonly why: string;
  /** When it is tried again. */
  readonly next: number;
}
