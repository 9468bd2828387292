import { rulesOf } from "../operation/accounts.ts";
import { entryOf } from "../operation/catalogue.ts";
import type { Operation } from "../operation/operation.ts";
import { readerAccount } from "../operation/reader-account.ts";
import type { Account, Cluster } from "../ports/cluster.ts";
import type { MembershipWitness } from "../ports/membership.ts";
import type { Directory, GrantVerifier, PolicySource, RequestStore, Witness } from "../ports.ts";
import type { Lifetimes } from "../request/desk.ts";
import type { Mover } from "../request/move.ts";

/** What the worker's side of a request's life works with. It holds no Slack token and no second factor. */
export interface Bench {
  readonly store: RequestStore;
  readonly mover: Mover;
  readonly clusters: ReadonlyMap<string, Cluster>;
  readonly verifier: GrantVerifier;
  /** The worker's own copies, mounted apart from those of the web process. */
  readonly policy: PolicySource;
  readonly directory: Directory;
  readonly witness: Witness;
  /** Absent: the identity provider says nothing of groups that counts. */
  readonly groups?: MembershipWitness;
  /** This worker, in claims and audit entries. */
  readonly worker: string;
  /** How long a request may take to its grant, and a grant to its beginning, at most. */
  readonly lifetimes: Pick<Lifetimes, "request" | "execution">;
  readonly leaseMs: number;
  /** How long a rollout is watched before it is called stuck. A token lives 10 minutes. */
  readonly watchMs: number;
  readonly log: (event: string, facts: Readonly<Record<string, string>>) => void;
}

/** How often an object is read again whose status moved between reading and trying. */
export const looks = 5;

/** Reads for every plan. */
export const reader: Account = { account: readerAccount, rules: rulesOf(readerAccount) };

/** The account of an operation, with all that it may ever ask for. */
export function accountOf(operation: Operation): Account {
  const { account, rules } = entryOf(operation);
  return { account, rules };
}

export function clusterOf(bench: Bench, operation: Operation): Cluster | undefined {
  return bench.clusters.get(operation.cluster);
}
