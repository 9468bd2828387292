import type { Response } from "../../src/challenge/challenge.ts";
import type { Authenticator } from "../../src/ports.ts";

/** The right code of a person at a time step: six digits that no other person or step shares here. */
export function codeAt(subject: string, timeStep: number): string {
  const letters = [...subject].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9_000, 7);
  return String(100_000 + letters * 100 + (timeStep % 100));
}

/** The same, as the answer to a challenge. */
export function responseAt(subject: string, timeStep: number): Response {
  return typed(codeAt(subject, timeStep));
}

/** What was typed, as the answer to a challenge. */
export function typed(given: string): Response {
  return { by: "totp", given };
}

/** An authenticator whose codes tests can know: those of the time steps 1 to 99 are right at any time. */
export function fakeAuthenticator(enrolled: readonly string[]): Authenticator {
  return {
    name: "totp",
    isEnrolled: async (subject) => enrolled.includes(subject),
    async submit({ subject }, { given: response }) {
      if (!enrolled.includes(subject)) return { outcome: "insufficient", because: "not-enrolled" };
      if (!/^\d{6}$/.test(response)) return { outcome: "denied", because: "malformed-code" };
      const timeStep = Number(response) % 100;
      if (timeStep === 0 || response !== codeAt(subject, timeStep)) return { outcome: "denied", because: "wrong-code" };
      return { outcome: "approved", claim: { subject, credential: credentialOf(subject), timeStep } };
    },
  } satisfies Authenticator;
}

export function credentialOf(subject: string): string {
  return `totp-of-${subject}`;
}
