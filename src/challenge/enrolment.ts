import { type Refusal, refuse } from "../operation/refusal.ts";
import type { Chance, Enrolment, EnrolmentStore, LinkKeeper, SeedKeeper } from "../ports.ts";

/** What the person enrolling may see, once, on our own page. */
export interface Offer {
  readonly subject: string;
  /** `otpauth://…`: the seed is in it. */
  readonly uri: string;
}

/** Binding an authenticator to a subject, behind a one-time link. */
export interface Enrolling {
  /** Shows the seed of this link; asking again shows the same one. Uses nothing up. */
  offer(link: string): Promise<Offer | Refusal>;
  /** The first code makes the credential count and ends the link. */
  confirm(link: string, code: string): Promise<{ readonly subject: string } | Refusal>;
}

const dead = () => refuse("link-not-valid", "This link is not valid any more.", "Ask an administrator for a new one.");

export function createEnrolling(ports: {
  readonly enrolments: EnrolmentStore;
  readonly links: Pick<LinkKeeper, "holds">;
  readonly seeds: SeedKeeper;
  readonly chance: Chance;
  readonly clock: { now(): Promise<number> };
}): Enrolling {
  const { enrolments, links, seeds, chance, clock } = ports;

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
      const { subject, pending } = open;
      const timeStep = seeds.judge({
        subject,
        credential: pending.id,
        sealed: pending.sealed,
        code,
        now: await clock.now(),
        after: -1,
      });
      if (timeStep === undefined)
        return refuse(
          "wrong-code",
          "This code is not right.",
          "Check that the phone's clock is right, and type the code it shows now.",
        );
      return (await enrolments.complete(link, pending.id, timeStep)) ? { subject } : dead();
    },
  };
}
