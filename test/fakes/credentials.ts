import type { CredentialStore, Enrolment, EnrolmentStore, TotpCredential } from "../../src/ports/enrolment.ts";
import type { FakeClock } from "./clock.ts";
import type { FakeTrail } from "./trail.ts";

export interface FakeCredentials extends CredentialStore {
  has(subject: string): boolean;
  /** Claims a time step, as a step of a request does; false = it was refused. */
  claim(subject: string, credential: string, timeStep: number): boolean;
  /** Sets a credential in place of the one there may be; no failure is counted against it. */
  put(subject: string, credential: TotpCredential): void;
  remove(subject: string): boolean;
}

// The same numbers as src/adapters/redis/credentials.ts.
const lockAt = 10;
const disableAt = 100;
const lockFor = 15 * 60_000;

/** TOTP credentials in memory. */
export function fakeCredentials({ clock, trail }: { clock: FakeClock; trail: FakeTrail }): FakeCredentials {
  const kept = new Map<string, TotpCredential>();
  const failures = new Map<string, number>();
  return {
    has: (subject) => kept.has(subject),
    read: async (subject) => kept.get(subject),
    remove: (subject) => kept.delete(subject),
    put(subject, credential) {
      kept.set(subject, credential);
      failures.delete(subject);
    },
    claim(subject, credential, timeStep) {
      const found = kept.get(subject);
      if (found?.id !== credential || timeStep <= found.timeStep) return false;
      kept.set(subject, { ...found, timeStep });
      failures.delete(subject);
      return true;
    },
    async reseal(subject, credential, { from, to }) {
      const found = kept.get(subject);
      if (found?.id === credential && found.sealed === from) kept.set(subject, { ...found, sealed: to });
    },
    async countFailure(subject, credential) {
      const found = kept.get(subject);
      if (found?.id !== credential) return;
      const count = (failures.get(subject) ?? 0) + 1;
      failures.set(subject, count);
      if (count < disableAt && count % lockAt !== 0) return;
      const lockedUntil = count >= disableAt ? Number.POSITIVE_INFINITY : clock.now() + lockFor;
      kept.set(subject, { ...found, lockedUntil });
      trail.add({ kind: "authenticator.locked", subject, credential });
    },
  } satisfies FakeCredentials;
}

/** Enrolments in memory, which end in these credentials. */
export function fakeEnrolments(parts: {
  readonly clock: FakeClock;
  readonly trail: FakeTrail;
  readonly credentials: FakeCredentials;
}): EnrolmentStore {
  const { clock, trail, credentials } = parts;
  const links = new Map<string, Enrolment & { readonly until: number; readonly replace: boolean }>();
  const codes = new Map<string, Set<string>>();
  const failures = new Map<string, { count: number; lockedUntil: number }>();
  /** Ends all that opens or proves as this subject. */
  const forget = (subject: string): boolean => {
    const open = [...links].filter(([, one]) => one.subject === subject);
    for (const [link] of open) links.delete(link);
    failures.delete(subject);
    const had = [codes.delete(subject), credentials.remove(subject)];
    return had.includes(true) || open.length > 0;
  };
  const find = (link: string) => {
    const found = links.get(link);
    return found && found.until > clock.now() ? found : undefined;
  };
  const shown = ({ subject, pending, waitMs }: Enrolment): Enrolment => ({
    subject,
    ...(pending ? { pending } : {}),
    ...(waitMs === undefined ? {} : { waitMs }),
  });
  return {
    async issue(link, subject, forMs, by, replace) {
      if (!replace && credentials.has(subject)) return false;
      links.set(link, { subject, until: clock.now() + forMs, replace });
      trail.add({ kind: "enrolment.issued", subject, by });
      return true;
    },
    async open(link) {
      const found = find(link);
      return found && shown(found);
    },
    async begin(link, pending) {
      const found = find(link);
      if (!found) return undefined;
      const begun = found.pending ? found : { ...found, pending };
      links.set(link, begun);
      return shown(begun);
    },
    async complete(link, credential, timeStep, recovery) {
      const found = find(link);
      if (found?.pending?.id !== credential) return false;
      const { subject, pending, replace, waitMs } = found;
      if (!replace && credentials.has(subject)) return false;
      forget(subject);
      const waits = waitMs === undefined ? {} : { countsFrom: clock.now() + waitMs };
      credentials.put(subject, { ...pending, timeStep, ...waits });
      codes.set(subject, new Set(recovery));
      trail.add({ kind: "enrolment.completed", subject, credential, ...(waitMs === undefined ? {} : { waitMs }) });
      return true;
    },
    async recover({ subject, credential, mac, link, forMs, waitMs }) {
      if ((await credentials.read(subject))?.id !== credential) return "wrong";
      const { count, lockedUntil } = failures.get(subject) ?? { count: 0, lockedUntil: 0 };
      if (lockedUntil > clock.now()) return "locked";
      if (codes.get(subject)?.delete(mac)) {
        links.set(link, { subject, until: clock.now() + forMs, replace: true, waitMs });
        trail.add({ kind: "recovery.used", subject, credential });
        return "opened";
      }
      const now = count + 1;
      const locks = now >= disableAt || now % lockAt === 0;
      const until = now >= disableAt ? Number.POSITIVE_INFINITY : clock.now() + lockFor;
      failures.set(subject, { count: now, lockedUntil: locks ? until : 0 });
      if (locks) trail.add({ kind: "recovery.locked", subject, credential });
      return "wrong";
    },
    async revoke(subject, by) {
      const ended = forget(subject);
      if (ended) trail.add({ kind: "enrolment.revoked", subject, by });
      return ended;
    },
  } satisfies EnrolmentStore;
}
