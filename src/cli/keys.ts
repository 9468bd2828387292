import { readSealingKeys, reseal } from "../adapters/authenticators/seal.ts";
import { readSealed, type SealedRow, writeSealed } from "../adapters/redis/sealed-rows.ts";
import { sealingSettings } from "../config.ts";
import { type Ending, ending, readWords, UsageFault } from "./command.ts";
import { withRecords } from "./records.ts";

/** `countersign keys reseal`: seals what retired keys sealed again, and says what still needs one. */
export async function resealKeys(words: readonly string[]): Promise<Ending> {
  if (readWords(words, {}).positionals.length > 0) throw new UsageFault("`countersign keys reseal` takes nothing more");
  const { sealingKey, retiredKeys } = sealingSettings(process.env);
  const keys = readSealingKeys(sealingKey, retiredKeys);
  return withRecords(async (state) => {
    const { rows, links } = await readSealed(state);
    let done = 0;
    const left: string[] = [];
    for (const row of rows) {
      const again = anew(row);
      if (again === undefined) continue;
      if ("why" in again) left.push(`${row.subject}: ${again.why}`);
      else if (await writeSealed(state, row, again.sealed)) done++;
      else left.push(`${row.subject}: was changed meanwhile`);
    }
    process.stdout.write(
      `${done} ${done === 1 ? "secret" : "secrets"} sealed again with ${keys[0].kid}, ${left.length} left.\n`,
    );
    for (const line of left) process.stderr.write(`countersign: ${line}\n`);
    if (links.length > 0)
      process.stderr.write(
        `${links.length} enrolment ${links.length === 1 ? "link is" : "links are"} open. One that a retired key made ends with that key; the last lapses within ${Math.ceil(Math.max(...links.map(({ leftMs }) => leftMs)) / 60_000)} minutes.\n`,
      );
    return left.length === 0 ? ending.well : ending.ill;
  });

  function anew({ purpose, subject, credential, sealed }: SealedRow) {
    try {
      const again = reseal(sealed, { purpose, subject, credential }, keys);
      return again === undefined ? undefined : { sealed: again };
    } catch (fault) {
      return { why: fault instanceof Error ? fault.message : String(fault) };
    }
  }
}
