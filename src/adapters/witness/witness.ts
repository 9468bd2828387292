import type { Proof } from "../../challenge/challenge.ts";
import type { Evidence } from "../../challenge/evidence.ts";
import { authenticatorWords } from "../../policy/authenticator.ts";
import type { Witness } from "../../ports.ts";

/** Says why evidence of one kind does not show what the proof says; undefined when it does. Throws when it cannot tell. */
export type Check<E extends Evidence> = (proof: Proof, evidence: E) => Promise<string | undefined>;

/** What can be checked here, by the kind of evidence. */
export type Checks = { readonly [K in Evidence["kind"]]?: Check<Extract<Evidence, { kind: K }>> };

/** A witness of so many kinds of evidence: what none of its checks knows does not count. */
export function witnessOf(checks: Checks): Witness {
  return {
    async whyNot(proof) {
      const { evidence } = proof;
      const check = evidence && (checks[evidence.kind] as Check<Evidence> | undefined);
      return check
        ? check(proof, evidence)
        : `nothing here can check what ${authenticatorWords[proof.authenticator]} brought`;
    },
  };
}
