import type { Read } from "../../operation/operation.ts";
import type { Session } from "../../ports/cluster.ts";

/** What a read came back with: lines of plain text, or in one sentence why not. */
export type Answer = { readonly answer: string } | { readonly failed: string };

/**
 * Performs one kind of read with its own account. What the cluster refuses is thrown as a ClusterFault; what it wrote
 * may stand in the answer as it is: it is masked and bounded afterwards.
 */
export type Reader<O extends Read = Read> = (session: Session, operation: O, now: number) => Promise<Answer>;
