import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { chance } from "../adapters/chance/chance.ts";
import { redisTrail } from "../adapters/redis/trail.ts";
import type { Entry } from "../audit/chain.ts";
import { type KnownHead, type Verdict, verifyTrail } from "../audit/verify.ts";
import { codeOf } from "../environment.ts";
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
