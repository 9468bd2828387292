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
import { WitnessAway } from "./witness-away.ts";

/** What groups by the provider's word rest on, as web has them. */
export interface MembershipPorts {
  readonly store: MembershipStore;
  readonly witness: MembershipWitness;
  readonly provider: MembershipRefresh;
  readonly seal: MembershipSeal;
  readonly clock: { now(): Promise<number> };
  readonly onFault: (fault: unknown) => void;
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
  const { store, clock } = ports;

  async function grouped(subject: Subject, kept: KeptMembership | undefined): Promise<Subject | undefined> {
    if (kept?.token === "") return undefined;
    const read = kept && (await readNow(ports, kept.token, subject.sub, await clock.now()));
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

/** While the provider's keys cannot be read, nobody can tell what a token says. */
async function readNow({ witness }: MembershipPorts, token: string, subject: string, now: number) {
  try {
    return await witness.read(token, subject, now);
  } catch (fault) {
    if (fault instanceof WitnessAway) return undefined;
    throw fault;
  }
}

/** What is kept of this person, asked about anew where it is older than that and can be. */
async function current(ports: MembershipPorts, subject: string): Promise<KeptMembership | undefined> {
  const { store, clock, provider, seal, onFault } = ports;
  const kept = await store.read(subject);
  if (!kept || kept.token === "") return kept;
  const now = await clock.now();
  const read = await readNow(ports, kept.token, subject, now);
  if (read && now - read.madeAt <= knownMs) return kept;
  // Somebody else asks at this moment: what they bring counts for the next look.
  if (!(await store.takeTurn(subject, turnMs))) return kept;
  try {
    // Somebody else has asked just now: a refresh token that is brought twice can end the whole session.
    const held = await store.read(subject);
    if (held?.refresh !== kept.refresh) return held;
    const refresh = opened(seal, kept.refresh, subject, onFault);
    if (refresh === undefined) return kept;
    const answer = await provider.refresh(refresh);
    if (answer === "away") return kept;
    if (answer === "refused") {
      await store.end(subject);
      return { token: "", refresh: "" };
    }
    const anew = await readNow(ports, answer.token, subject, now);
    const next = { token: anew ? answer.token : kept.token, refresh: seal.close(answer.refresh, subject) };
    // A provider may give each refresh token once: the new one is kept, whatever the token with it is worth.
    const told = anew && !sameGroups(anew.groups, read?.groups) ? anew.groups : undefined;
    await store.keep(subject, next, told);
    return next;
  } finally {
    await store.rest(subject);
  }
}

/** What nobody can open any more asks nobody: their groups lapse, and they can log in again. */
function opened(
  seal: MembershipSeal,
  sealed: string,
  subject: string,
  onFault: MembershipPorts["onFault"],
): string | undefined {
  try {
    return seal.open(sealed, subject);
  } catch (fault) {
    onFault(fault);
    return undefined;
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
