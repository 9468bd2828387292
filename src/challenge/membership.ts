import type { Subject } from "../policy/subject.ts";
import type {
  KeptMembership,
  MembershipRefresh,
  MembershipSeal,
  MembershipStore,
  MembershipWitness,
  Refreshed,
} from "../ports/membership.ts";
import type { Directory } from "../ports.ts";

/** What groups by the provider's word rest on, as web has them. */
export interface MembershipPorts {
  readonly store: MembershipStore;
  readonly witness: MembershipWitness;
  readonly provider: MembershipRefresh;
  readonly seal: MembershipSeal;
  readonly clock: { now(): Promise<number> };
}

/** How old a token may be that the provider is not asked about anew, in ms: one click looks several times. */
const knownMs = 5_000;
/** One call to the provider and what is kept after it. */
const turnMs = 15_000;

/** A subject with the groups that their provider signed as well; undefined = nobody can tell those now. */
export function withGroups(subject: Subject, groups: readonly string[] | undefined): Subject {
  return groups ? { ...subject, groups: [...new Set([...subject.groups, ...groups])] } : { ...subject, partial: true };
}

/**
 * The directory with the groups that the identity provider says people are in. Who logged in for it is asked about anew
 * whenever they act; whom the provider lets go is nobody from then on, in the directory too, until they log in again.
 */
export function memberDirectory(directory: Directory, ports: MembershipPorts): Directory {
  const { store, witness, clock } = ports;

  async function grouped(subject: Subject, kept: KeptMembership | undefined): Promise<Subject | undefined> {
    if (kept?.token === "") return undefined;
    const read = kept && (await witness.read(kept.token, subject.sub, await clock.now()));
    return withGroups(subject, read?.groups);
  }

  async function member(subject: Subject | undefined): Promise<Subject | undefined> {
    return subject && grouped(subject, await current(ports, subject.sub));
  }

  return {
    subject: async (sub) => member(await directory.subject(sub)),
    bySlack: async (team, user) => member(await directory.bySlack(team, user)),
    slackUsers: (sub) => directory.slackUsers(sub),
    // Whom to name, not whom to let: nobody is asked about for it.
    async people() {
      const [people, kept] = [await directory.people(), await store.all()];
      const found = await Promise.all(people.map((subject) => grouped(subject, kept.get(subject.sub))));
      return found.filter((subject) => subject !== undefined);
    },
  };
}

/** What is kept of this person, asked about anew where it is older than that and can be. */
async function current(
  { store, witness, clock, provider, seal }: MembershipPorts,
  subject: string,
): Promise<KeptMembership | undefined> {
  const kept = await store.read(subject);
  if (!kept || kept.token === "") return kept;
  const now = await clock.now();
  const read = await witness.read(kept.token, subject, now);
  if (read && now - read.madeAt <= knownMs) return kept;
  // Somebody else asks at this moment: what they bring counts for the next look.
  if (!(await store.takeTurn(subject, turnMs))) return kept;
  try {
    const answer = await provider.refresh(seal.open(kept.refresh, subject));
    if (answer === "away") return kept;
    if (answer === "refused") {
      await store.end(subject);
      return { token: "", refresh: "" };
    }
    const anew = await witness.read(answer.token, subject, now);
    // A token of somebody else's is no answer to what was asked.
    if (!anew) return kept;
    const next = { token: answer.token, refresh: seal.close(answer.refresh, subject) };
    await store.keep(subject, next, sameGroups(anew.groups, read?.groups) ? undefined : anew.groups);
    return next;
  } finally {
    await store.rest(subject);
  }
}

function sameGroups(one: readonly string[], other: readonly string[] | undefined): boolean {
  return other !== undefined && [...one].sort().join("\n") === [...other].sort().join("\n");
}

/** Keeps what somebody brought who has just logged in, and answers the groups that they are in by it. */
export async function takeMembership(
  { store, witness, clock, seal }: MembershipPorts,
  subject: string,
  brought: Refreshed,
): Promise<readonly string[]> {
  const read = await witness.read(brought.token, subject, await clock.now());
  const groups = read?.groups ?? [];
  await store.keep(subject, { token: brought.token, refresh: seal.close(brought.refresh, subject) }, groups);
  return groups;
}
