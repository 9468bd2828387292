import { canonical, sha256 } from "./canonical.ts";
import { beforeTheFirst, type Entry, linkText } from "./chain.ts";

/** One thing that is wrong with a trail, and where. */
export interface Fault {
  readonly seq: number;
  readonly says: string;
}

/** How the trail ends, for comparison with a checkpoint kept elsewhere. */
export interface Verdict {
  readonly entries: number;
  readonly head: string;
  readonly faults: readonly Fault[];
}

/** A head that was published outside the store: what the trail must still contain. */
export interface KnownHead {
  readonly entries: number;
  readonly head: string;
}

/**
 * Walks a trail from its first entry: counter, links, hashes, canonical form, time never running back by more than
 * `clockStep` ms. A bare chain cannot see its own tail cut off or itself rewritten whole: `known` heads can.
 */
export async function verifyTrail(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  known: readonly KnownHead[] = [],
  clockStep = 1000,
): Promise<Verdict> {
  const faults: Fault[] = [];
  // By count, all of them: two heads of one count that differ cannot both stand in one trail.
  const wanted = Map.groupBy(known, ({ entries }) => entries);
  let seq = 0;
  let head = beforeTheFirst;
  let time = 0;
  const compare = (hash: string) => {
    if (wanted.get(seq)?.some((published) => published.head !== hash))
      faults.push({ seq, says: `rewritten: a checkpoint knows entry ${seq} by another hash` });
    wanted.delete(seq);
  };
  compare(head);
  for await (const entry of entries) {
    seq += 1;
    faults.push(...faultsOf(entry, { seq, head, time, clockStep }));
    compare(entry.hash);
    head = entry.hash;
    time = entry.time;
  }
  for (const missing of wanted.keys())
    faults.push({ seq, says: `truncated: a checkpoint knows ${missing} entries, the trail has ${seq}` });
  return { entries: seq, head, faults };
}

function faultsOf(entry: Entry, at: { seq: number; head: string; time: number; clockStep: number }): Fault[] {
  const faults: Fault[] = [];
  const say = (says: string) => faults.push({ seq: at.seq, says });
  if (entry.seq !== at.seq) say(`broken counter: entry ${at.seq} calls itself ${entry.seq}`);
  if (entry.prev !== at.head) say("broken link: the hash of the entry before is another");
  if (entry.time < at.time - at.clockStep) say("time runs back");
  if (sha256(linkText(entry)) !== entry.hash) say("bad hash: the entry was edited");
  if (!isCanonical(entry.body)) say("the body is not canonical JSON");
  return faults;
}

function isCanonical(body: string): boolean {
  try {
    return canonical(JSON.parse(body)) === body;
  } catch {
    return false;
  }
}
