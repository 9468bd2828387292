import { type Assertion, signedValue } from "../../src/challenge/evidence.ts";
import type { Witness } from "../../src/ports.ts";

const key = "only a passkey that is the subject's own signs so";

/** What the passkey of this person makes of a challenge. Nobody else's is taken by {@link fakeWitness}. */
export function fakeAssertion(subject: string, digest: string, salt: string, expiresAt: number): Assertion {
  const binding = { salt, expiresAt };
  const signature = `${key}: ${signedValue({ digest, subject }, binding)}`;
  return {
    kind: "assertion",
    binding,
    credential: `key-of-${subject}`,
    clientDataJSON: "",
    authenticatorData: "",
    signature,
  };
}

/** Takes assertions of {@link fakeAssertion} for whom and what they were made, and nothing else. */
export function fakeWitness(): Witness {
  return {
    async whyNot({ evidence, digest, subject }) {
      if (evidence?.kind !== "assertion") return "this is no assertion";
      const { salt, expiresAt } = evidence.binding;
      const meant = fakeAssertion(subject, digest, salt, expiresAt);
      return JSON.stringify(meant) === JSON.stringify(evidence) ? undefined : "the signature does not hold";
    },
  };
}
