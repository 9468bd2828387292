import { canonical, sha256 } from "../audit/canonical.ts";
import type { Proof } from "../challenge/challenge.ts";

/** The review that a request owes which broke the glass. */
export interface Review {
  /** Milliseconds since 1970, by Redis's clock. */
  readonly due: number;
  /** When it was told that it had not been closed by then. */
  readonly overdue?: number;
  readonly closed?: ReviewWord;
}

/** The word of one who is not the requester, with which a review is closed. */
export interface ReviewWord {
  readonly subject: string;
  readonly at: number;
  readonly why: string;
  /** For {@link digestOfReview}. */
  readonly proof: Proof;
  /** The web process's own, over {@link reviewStatement}. */
  readonly signature: string;
}

interface Reviewed {
  readonly id: string;
  readonly digest: string;
}

/** What is signed of a review: also of which request, and of which plan. */
export function reviewStatement({ id, digest }: Reviewed, { subject, at, why, proof }: Omit<ReviewWord, "signature">) {
  return { v: "countersign.review.v1", request: id, digest, subject, at, why, proof: proof.signature } as const;
}

/** What a proof is bound to here: that a request was reviewed is another sentence than that it may run. */
export function digestOfReview({ id, digest }: Reviewed): string {
  return sha256(canonical({ v: "countersign.reviewing.v1", request: id, digest }));
}
