import type {
  KeptMembership,
  MembershipRefresh,
  MembershipSeal,
  MembershipStore,
  MembershipWitness,
} from "../membership-port.ts";
import type { Subject } from "../policy/subject.ts";
import type { Directory } from "../ports.ts";

/** What web has besides: it can ask the provider anew. The worker goes by what web had it sign. */
export interface Asking {
  readonly provider: MembershipRefresh;
  readonly seal: MembershipSeal;
}

/** What groups by the provider's word rest on. */
export interface MembershipPorts {
  readonly store: MembershipStore;
  readonly witness: MembershipWitness;
  readonly clock: { now(): Promise<number> };
  /** How old a token may be whose groups count, in ms. */
  readonly freshMs: number;
  readonly asking?: Asking;
}

/** How old a token may be that the provider is not asked about anew, in ms: one click looks several times. */
const knownMs = 5_000;
/** One call to the provider and what is kept after it. */
const turnMs = 15_000;

/**
 * The directory with the groups that the identity provider says people are in. Who logged in for it is asked about anew
 * whenever they act; whom the provider lets go is nobody from then on, in the directory too, until they log in again.
 */
export function memberDirectory(directory: Directory, ports: MembershipPorts): Directory {
  const { store, witness, clock, freshMs } = ports;

  async function grouped(subject: Subject, kept: KeptMembership | undefined): Promise<Subject | undefined> {
    if (!kept) return subject;
    if (kept.token === "") return undefined;
    const now = await clock.now();
    const read = await witness.read(kept.token, subject.sub, now);
    if (!read || now - read.madeAt > freshMs) return subject;
    return { ...subject, groups: [...new Set([...subject.groups, ...read.groups])] };
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
  { store, witness, clock, asking }: MembershipPorts,
  subject: string,
): Promise<KeptMembership | undefined> {
  const kept = await store.read(subject);
  if (!kept || kept.token === "" || !asking) return kept;
  const now = await clock.now();
  const read = await witness.read(kept.token, subject, now);
  if (read && now - read.madeAt <= knownMs) return kept;
  // Somebody else asks at this moment: what they bring counts for the next look.
  if (!(await store.takeTurn(subject, turnMs))) return kept;
  try {
    const { provider, seal } = asking;
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
  { store, witness, clock, asking }: MembershipPorts & { readonly asking: Asking },
  subject: string,
  brought: { readonly token: string; readonly refresh: string },
): Promise<readonly string[]> {
  const read = await witness.read(brought.token, subject, await clock.now());
  const groups = read?.groups ?? [];
  await store.keep(subject, { token: brought.token, refresh: asking.seal.close(brought.refresh, subject) }, groups);
  return groups;
}
