import type { SeedKeeper } from "../../src/ports/enrolment.ts";

const periodMs = 30_000;

export interface FakeSeeds extends SeedKeeper {
  /** The code that a phone with this seed shows at `now`. */
  codeOf(sealed: string, now: number): string;
}

/** Seeds that count: each is another, is bound to its subject and credential, and is right for a step either way. */
export function fakeSeeds(): FakeSeeds {
  let count = 0;
  const open = (subject: string, credential: string, sealed: string) => {
    if (!sealed.startsWith(`${subject}/${credential}/`)) throw new Error("this seed is sealed for another");
    return sealed;
  };
  const codeAt = (sealed: string, timeStep: number) => {
    const mixed = [...sealed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 999_983, timeStep % 999_983);
    return String(mixed).padStart(6, "0");
  };
  return {
    codeOf: (sealed, now) => codeAt(sealed, Math.floor(now / periodMs)),
    make: (subject, credential) => `${subject}/${credential}/${++count}`,
    uri: (subject, credential, sealed) => `otpauth://totp/${subject}?secret=${open(subject, credential, sealed)}`,
    reseal: () => undefined,
    judge({ subject, credential, sealed, code, now, after }) {
      const seed = open(subject, credential, sealed);
      const step = Math.floor(now / periodMs);
      return [step - 1, step, step + 1].find((near) => near > after && codeAt(seed, near) === code);
    },
  } satisfies FakeSeeds;
}
