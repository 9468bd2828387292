import type {
  Attestor,
  Authenticators,
  Chance,
  Directory,
  GrantSigner,
  PolicySource,
  Presence,
  RequestStore,
  SlackGroups,
  Trail,
  Wake,
  Witness,
} from "../ports.ts";
import type { Mover } from "./move.ts";

/** How long things live, in milliseconds. */
export interface Lifetimes {
  /** From asking to the grant. */
  readonly request: number;
  /** To prove presence. NIST SP 800-63B-4 section 3.1.3 allows at most 10 minutes. */
  readonly challenge: number;
  /** From the grant to the beginning of the execution. */
  readonly execution: number;
}

/** What the web side of a request's life works with. */
export interface Desk {
  readonly store: RequestStore;
  readonly trail: Trail;
  readonly wake: Wake;
  readonly presence: Pick<Presence, "served">;
  readonly chance: Chance;
  readonly directory: Directory;
  /** What the provider last signed of somebody's groups; absent: it says nothing of groups that counts. */
  readonly memberships?: { tokenOf(subject: string): Promise<string | undefined> };
  readonly slackGroups: SlackGroups;
  readonly policy: PolicySource;
  readonly authenticators: Authenticators;
  readonly witness: Witness;
  readonly attestor: Attestor;
  readonly signer: GrantSigner;
  readonly lifetimes: Lifetimes;
  readonly mover: Mover;
}
