import type { RecoveryKeeper } from "../../src/ports/enrolment.ts";

/** Codes that count up in the last letters, and a keeper that keeps them as they are, with whose they are. */
export function fakeRecovery(): RecoveryKeeper {
  let count = 0;
  const next = () => [...String(++count).padStart(16, "0")].map((digit) => "ABCDEFGHIJ"[Number(digit)]).join("");
  return {
    make: () => Array.from({ length: 10 }, next),
    mac: ({ subject, credential }, code) => `${subject}/${credential}/${code}`,
  } satisfies RecoveryKeeper;
}
