import { canonical, sha256 } from "../audit/canonical.ts";
import { type Refusal, refuse } from "../operation/refusal.ts";
import type { Passkey } from "../policy/passkey.ts";
import type { LinkKeeper, RegistrationReader, RegistrationStore } from "../ports/enrolment.ts";

/** What a browser needs to make a new passkey. */
export interface RegistrationOffer {
  readonly subject: string;
  /** 32 bytes, base64url. */
  readonly challenge: string;
}

/** A passkey that waits for an administrator. */
export interface Registered {
  readonly subject: string;
  /** By which an administrator and the person can tell that they mean the same one. */
  readonly fingerprint: string;
}

/**
 * Registering a passkey behind a one-time link. It is recorded, and counts for nothing: only what an administrator puts
 * into the directory does.
 */
export interface Registering {
  /** Uses nothing up. */
  offer(link: string): Promise<RegistrationOffer | Refusal>;
  /** Records what the browser made, and ends the link. */
  register(link: string, given: string): Promise<Registered | Refusal>;
}

const dead = () => refuse("link-not-valid", "This link is not valid any more.", "Ask an administrator for a new one.");

export function createRegistering(ports: {
  readonly registrations: Pick<RegistrationStore, "open" | "register">;
  readonly links: Pick<LinkKeeper, "holds">;
  readonly reader: RegistrationReader;
}): Registering {
  const { registrations, links, reader } = ports;

  /** Whose link it is: one of ours, for this very subject; the store alone is not believed. */
  async function subjectOf(link: string): Promise<string | undefined> {
    const subject = await registrations.open(link);
    return subject !== undefined && links.holds(link, subject) ? subject : undefined;
  }

  return {
    async offer(link) {
      const subject = await subjectOf(link);
      return subject === undefined ? dead() : { subject, challenge: challengeOf(link) };
    },
    async register(link, given) {
      const subject = await subjectOf(link);
      if (subject === undefined) return dead();
      const read = await reader.read(given, challengeOf(link));
      if ("faulty" in read)
        return refuse("evidence", `This is no passkey that Countersign takes: ${read.faulty}.`, "Try again.");
      if (!(await registrations.register(link, subject, read))) return dead();
      return { subject, fingerprint: fingerprintOf(read) };
    },
  };
}

/** The first 64 bits of SHA-256 over the public key, in four groups of hex: short enough to be read aloud. */
export function fingerprintOf({ key }: Pick<Passkey, "key">): string {
  return sha256(key)
    .slice(0, 16)
    .replace(/(.{4})(?=.)/g, "$1-");
}

/** The link is a secret, so its digest is a challenge nobody else could have asked for; it ends with the link. */
function challengeOf(link: string): string {
  return Buffer.from(sha256(canonical({ v: "countersign.registration.v1", link })), "hex").toString("base64url");
}
