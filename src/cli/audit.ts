import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { chance } from "../adapters/chance/chance.ts";
import { redisRequestStore } from "../adapters/redis/request-store.ts";
import { redisTrail } from "../adapters/redis/trail.ts";
import { sha256 } from "../audit/canonical.ts";
import type { Body, Entry } from "../audit/chain.ts";
import { type KnownHead, type Verdict, verifyTrail } from "../audit/verify.ts";
import { codeOf } from "../environment.ts";
import { inWords } from "../request/request.ts";
import { type Ending, ending, readWords, UsageFault } from "./command.ts";
import { withRecords } from "./records.ts";

/** How many faults are told one by one; one edit may break every link behind it. */
const faultsTold = 20;

/** `countersign audit verify`: walks the whole trail, in Redis or in an exported file. */
export async function verifyAudit(words: readonly string[]): Promise<Ending> {
  const { values, positionals } = readWords(words, {
    file: { type: "string" },
    head: { type: "string", multiple: true },
    json: { type: "boolean" },
  });
  if (positionals.length > 0) throw new UsageFault(`"${positionals.join(" ")}" is too much; a file goes behind --file`);
  const known = (values.head ?? []).map(headOf);
  const verdict =
    values.file === undefined
      ? await withRecords((state, scribe) => verifyTrail(redisTrail(state, scribe, chance).entries(), known))
      : await verifyTrail(entriesIn(values.file), known);
  const whole = verdict.faults.length === 0;
  if (values.json) process.stdout.write(`${JSON.stringify({ verified: whole, ...verdict })}\n`);
  else tell(verdict, known.length);
  return whole ? ending.well : ending.ill;
}

/** `countersign audit export`: the trail as JSON lines, oldest first. */
export async function exportTrail(words: readonly string[]): Promise<Ending> {
  const { positionals } = readWords(words, {});
  if (positionals.length > 0) throw new UsageFault(`"${positionals.join(" ")}" is too much`);
  return withRecords(async (state, scribe) => {
    for await (const entry of redisTrail(state, scribe, chance).entries())
      if (!process.stdout.write(`${JSON.stringify(entry)}\n`))
        await new Promise((resolve) => process.stdout.once("drain", resolve));
    return ending.well;
  });
}

/**
 * `countersign audit kept REQUEST`: the manifest of what the request removed, for `kubectl apply -f -`. It is believed
 * only where the whole trail holds, and holds its SHA-256: whoever writes to Redis can write a record.
 */
export async function printKept(words: readonly string[]): Promise<Ending> {
  const { positionals } = readWords(words, {});
  const [id, ...more] = positionals;
  if (id === undefined) throw new UsageFault("of which request? `countersign audit kept r-ab12cd34ef`");
  if (more.length > 0) throw new UsageFault(`"${more.join(" ")}" is too much: one request at a time`);
  return withRecords(async (state, scribe) => {
    const request = (await redisRequestStore(state, scribe).read(id))?.request;
    if (!request) throw new Error(`there is no request ${id}`);
    const kept = "kept" in request ? request.kept : undefined;
    if (kept === undefined)
      throw new Error(`nothing was kept of ${id}: it is ${inWords(request.state)}, and removed nothing`);
    const trail = redisTrail(state, scribe, chance);
    const { faults } = await verifyTrail(trail.entries());
    if (faults.length > 0)
      throw new Error("the trail does not hold, so what is kept cannot be believed: see audit verify");
    if ((await keptHash(trail.entries(), id)) !== sha256(kept))
      throw new Error(`what is kept of ${id} is not what the trail says was kept: the record was changed`);
    if (request.state !== "succeeded")
      process.stderr.write(`${id} is ${inWords(request.state)}: look whether the object is gone.\n`);
    process.stdout.write(kept);
    return ending.well;
  });
}

/** The SHA-256 of what was kept last, before the call that counted. */
async function keptHash(entries: AsyncIterable<Entry>, id: string): Promise<string | undefined> {
  let hash: string | undefined;
  for await (const { body } of entries) {
    const { event } = JSON.parse(body) as Body;
    if (event.kind === "execution.intent" && event.request === id && event.kept !== undefined) hash = event.kept;
  }
  return hash;
}

function tell({ entries, head, faults }: Verdict, heads: number): void {
  if (faults.length === 0) {
    const also = heads > 0 ? `, and holds the ${heads === 1 ? "head" : `${heads} heads`} you gave` : "";
    process.stdout.write(`The trail is whole: ${entries} entries${also}.\nhead ${entries}:${head}\n`);
    if (heads === 0)
      process.stderr.write(
        "A chain alone cannot see its own tail cut off, or itself rewritten whole: keep this head elsewhere, and give it next time with --head.\n",
      );
    return;
  }
  process.stdout.write(`The trail does NOT hold: ${faults.length} faults in ${entries} entries.\n`);
  for (const { seq, says } of faults.slice(0, faultsTold)) process.stdout.write(`  entry ${seq}: ${says}\n`);
  if (faults.length > faultsTold) process.stdout.write(`  … and ${faults.length - faultsTold} more\n`);
}

function headOf(text: string): KnownHead {
  const [, entries, head] = /^(\d{1,12}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (entries === undefined || head === undefined) throw new UsageFault(`--head ${text}: it looks like COUNT:HASH`);
  return { entries: Number(entries), head };
}

async function* entriesIn(file: string): AsyncGenerator<Entry> {
  let line = 0;
  try {
    for await (const text of createInterface({
      input: createReadStream(file, "utf8"),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      line += 1;
      if (text === "") continue;
      yield entryOf(text, `${file}:${line}`);
    }
  } catch (fault) {
    if (!(fault instanceof Error) || !("code" in fault)) throw fault;
    throw new Error(`${file} cannot be read (${codeOf(fault)})`, { cause: fault });
  }
}

function entryOf(text: string, place: string): Entry {
  let value: Partial<Record<keyof Entry, unknown>>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    throw new Error(`${place}: this is no JSON`);
  }
  const { seq, time, prev, hash, body } = value ?? {};
  if (typeof seq !== "number" || typeof time !== "number") throw new Error(`${place}: this is no entry of a trail`);
  if (typeof prev !== "string" || typeof hash !== "string" || typeof body !== "string")
    throw new Error(`${place}: this is no entry of a trail`);
  return { seq, time, prev, hash, body };
}
