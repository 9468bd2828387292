import { type Refusal, refuse } from "../operation/refusal.ts";
import type {
  CredentialStore,
  Enrolment,
  EnrolmentStore,
  LinkKeeper,
  RecoveryKeeper,
  SeedKeeper,
} from "../ports/enrolment.ts";
import type { Chance } from "../ports.ts";

/** What the person enrolling may see, once, on our own page. */
export interface Offer {
  readonly subject: string;
  /** `otpauth://…`: the seed is in it. */
  readonly uri: string;
}

/** What came of the first code. */
export interface Confirmed {
  readonly subject: string;
  /** For the subject's eyes only, and never shown again. */
  readonly recoveryCodes: readonly string[];
  /** Where it counts for nothing yet: for how many ms. */
  readonly waitMs?: number;
}

/** Binding an authenticator to a subject, behind a one-time link. */
export interface Enrolling {
  /** Shows the seed of this link; asking again shows the same one. Uses nothing up. */
  offer(link: string): Promise<Offer | Refusal>;
  /** The first code makes the credential count and ends the link. */
  confirm(link: string, code: string): Promise<Confirmed | Refusal>;
  /**
   * Uses a recovery code up for a link on which its owner enrols anew: that is all such a code can do. It proves nothing,
   * and what is enrolled with it counts only after {@link recoveryWaitMs}, in which its owner is told.
   */
  recover(subject: string, code: string): Promise<{ readonly link: string } | Refusal>;
}

/** Long enough for somebody who was told in Slack to have a theft ended; from the new authenticator's first code on. */
export const recoveryWaitMs = 15 * 60_000;
/** How long a link that a recovery code opened is good. */
const recoveryLinkMs = 15 * 60_000;

const dead = () => refuse("link-not-valid", "This link is not valid any more.", "Ask an administrator for a new one.");

/** The same words whatever is wrong: a stranger learns neither who is enrolled, nor what is locked. */
const unfit = () =>
  refuse(
    "wrong-code",
    "This recovery code is not right, or was used, or recovery is locked after too many wrong codes.",
    "Wait 15 minutes, or ask an administrator to enrol you again.",
  );

export function createEnrolling(ports: {
  readonly enrolments: EnrolmentStore;
  readonly credentials: Pick<CredentialStore, "read">;
  readonly links: LinkKeeper;
  readonly seeds: SeedKeeper;
  readonly recovery: RecoveryKeeper;
  readonly chance: Chance;
  readonly clock: { now(): Promise<number> };
}): Enrolling {
  const { enrolments, credentials, links, seeds, recovery, chance, clock } = ports;

  /** What stands behind a link that we made for this very subject: the store alone is not believed. */
  async function openOwn(link: string): Promise<Enrolment | undefined> {
    const open = await enrolments.open(link);
    return open && links.holds(link, open.subject) ? open : undefined;
  }

  return {
    async offer(link) {
      const open = await openOwn(link);
      if (!open) return dead();
      const id = chance.operationId();
      const begun = open.pending ? open : await enrolments.begin(link, { id, sealed: seeds.make(open.subject, id) });
      if (!begun?.pending) return dead();
      return { subject: begun.subject, uri: seeds.uri(begun.subject, begun.pending.id, begun.pending.sealed) };
    },
    async confirm(link, typed) {
      const code = typed.replace(/\s/g, "");
      if (!/^[0-9]{6}$/.test(code))
        return refuse("malformed-code", "A code has six digits.", "Type the six digits your authenticator shows now.");
      const open = await openOwn(link);
      if (!open?.pending) return dead();
      const { subject, pending, waitMs } = open;
      const credential = { subject, credential: pending.id, sealed: pending.sealed };
      const timeStep = seeds.judge({ ...credential, code, now: await clock.now(), after: -1 });
      if (timeStep === undefined)
        return refuse(
          "wrong-code",
          "This code is not right.",
          "Check that the phone's clock is right, and type the code it shows now.",
        );
      const recoveryCodes = recovery.make();
      const macs = recoveryCodes.map((one) => recovery.mac(credential, one));
      if (!(await enrolments.complete(link, pending.id, timeStep, macs))) return dead();
      return { subject, recoveryCodes, ...(waitMs === undefined ? {} : { waitMs }) };
    },
    async recover(subject, typed) {
      const code = typed.toUpperCase().replace(/[\s-]/g, "");
      if (!/^[A-Z2-7]{16}$/.test(code))
        return refuse(
          "malformed-code",
          "A recovery code has 16 letters and digits.",
          "Type one of those you were shown when you enrolled.",
        );
      const kept = await credentials.read(subject);
      if (!kept) return unfit();
      const mac = recovery.mac({ subject, credential: kept.id, sealed: kept.sealed }, code);
      const link = links.make(subject);
      const about = { forMs: recoveryLinkMs, waitMs: recoveryWaitMs };
      const answer = await enrolments.recover({ subject, credential: kept.id, mac, link, ...about });
      return answer === "opened" ? { link } : unfit();
    },
  };
}
