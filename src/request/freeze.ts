import { canonical, sha256 } from "../audit/canonical.ts";
import type { Proof } from "../challenge/challenge.ts";
import { everywhere } from "../operation/freezing.ts";

/** What keeps anything new from being run, on one cluster or on every one. What runs already goes on. */
export interface Freeze {
  readonly id: string;
  /** A cluster's name, or {@link everywhere}. */
  readonly scope: string;
  /** The subject who froze it. */
  readonly by: string;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly at: number;
  readonly why: string;
  /** The first of the two who must want it lifted. */
  readonly lift?: Lift;
}

export interface Lift {
  readonly by: string;
  readonly at: number;
  readonly why: string;
  /** For {@link digestOfLifting}. */
  readonly proof: Proof;
}

/** "the cluster demo", "every cluster". */
export function scopeInWords(scope: string): string {
  return scope === everywhere ? "every cluster" : `the cluster ${scope}`;
}

/** A clause without its full stop: "the cluster demo is frozen by bob: a bad deploy". */
export function frozenInWords({ scope, by, why }: Freeze): string {
  return `${scopeInWords(scope)} is frozen by ${by}: ${why.replace(/\.$/, "")}`;
}

/** The freeze that holds this cluster up, if any; the wider one first, for lifting the other changes nothing. */
export function freezeOver(freezes: readonly Freeze[], cluster: string): Freeze | undefined {
  return freezes.find(({ scope }) => scope === everywhere) ?? freezes.find(({ scope }) => scope === cluster);
}

/** What is proved by whoever wants this very freeze lifted: another sentence than any approval. */
export function digestOfLifting({ id, scope, by, at, why }: Freeze): string {
  return sha256(canonical({ v: "countersign.unfreeze.v1", freeze: id, scope, by, at, why }));
}
