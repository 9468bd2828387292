import { generateSecret, generateURI, verifySync } from "otplib";
import type { Outcome } from "../../challenge/challenge.ts";
import type { CredentialStore, SeedKeeper } from "../../ports/enrolment.ts";
import type { Authenticator } from "../../ports.ts";
import { reseal, type SealingKeys, seal, unseal } from "./seal.ts";

/** Seconds of a time step, and how far a clock may be off: one step either way (RFC 6238 sections 4.1 and 5.2). */
const period = 30;
const sixDigits = /^[0-9]{6}$/;

/** Makes and judges RFC 6238 seeds: 160 random bits, six digits, SHA-1, as every authenticator app expects. */
export function totpSeeds(keys: SealingKeys, issuer: string): SeedKeeper {
  const sealedFor = (subject: string, credential: string) => ({ purpose: "totp", subject, credential }) as const;
  // A colon would end the label's issuer part, and otplib does not escape it.
  const label = (text: string) => text.replace(/[:/?#&]/g, " ");
  return {
    make: (subject, credential) => seal(generateSecret(), sealedFor(subject, credential), keys),
    uri(subject, credential, sealed) {
      const secret = unseal(sealed, sealedFor(subject, credential), keys);
      return generateURI({ issuer: label(issuer), label: label(subject), secret });
    },
    reseal: (subject, credential, sealed) => reseal(sealed, sealedFor(subject, credential), keys),
    judge({ subject, credential, sealed, code, now, after }) {
      const secret = unseal(sealed, sealedFor(subject, credential), keys);
      // otplib throws at what is no code.
      if (!sixDigits.test(code)) return undefined;
      // `afterTimeStep` throws when the stored step lies ahead of the clock, so steps are compared here.
      const verdict = verifySync({ secret, token: code, epoch: Math.floor(now / 1000), epochTolerance: period });
      if (!verdict.valid || !("timeStep" in verdict)) return undefined;
      return verdict.timeStep > after ? verdict.timeStep : undefined;
    },
  };
}

/** TOTP typed into a modal: one factor, bound to the digest only on our side. */
export function totpAuthenticator(credentials: CredentialStore, seeds: SeedKeeper): Authenticator {
  return {
    name: "totp",

    isEnrolled: async (subject) => (await credentials.read(subject)) !== undefined,

    async submit({ subject }, response, now) {
      try {
        return await judge(subject, response.given, now);
      } catch (fault) {
        return { outcome: "unavailable", because: fault instanceof Error ? fault.message : String(fault) };
      }
    },
  };

  async function judge(subject: string, typed: string, now: number): Promise<Outcome> {
    const code = typed.replace(/\s/g, "");
    if (!sixDigits.test(code)) return { outcome: "denied", because: "malformed-code" };
    const kept = await credentials.read(subject);
    if (!kept) return { outcome: "insufficient", because: "not-enrolled" };
    if (kept.lockedUntil !== undefined && kept.lockedUntil > now)
      return Number.isFinite(kept.lockedUntil)
        ? { outcome: "insufficient", because: "locked", until: kept.lockedUntil }
        : { outcome: "insufficient", because: "locked" };
    if (kept.countsFrom !== undefined && kept.countsFrom > now)
      return { outcome: "insufficient", because: "too-new", until: kept.countsFrom };
    const input = { subject, credential: kept.id, sealed: kept.sealed, code, now };
    const timeStep = seeds.judge({ ...input, after: -1 });
    if (timeStep === undefined) {
      await credentials.countFailure(subject, kept.id);
      return { outcome: "denied", because: "wrong-code" };
    }
    if (timeStep <= kept.timeStep) return { outcome: "denied", because: "code-already-used" };
    const resealed = seeds.reseal(subject, kept.id, kept.sealed);
    if (resealed !== undefined) await credentials.reseal(subject, kept.id, { from: kept.sealed, to: resealed });
    return { outcome: "approved", claim: { subject, credential: kept.id, timeStep } };
  }
}
