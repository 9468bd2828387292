import { enrolmentLinks } from "../adapters/authenticators/links.ts";
import { readSealingKeys } from "../adapters/authenticators/seal.ts";
import { chance } from "../adapters/chance/chance.ts";
import { redisRegistrations } from "../adapters/redis/registrations.ts";
import { redisTrail } from "../adapters/redis/trail.ts";
import type { Body } from "../audit/chain.ts";
import { fingerprintOf } from "../challenge/registration.ts";
import { enrolmentSettings } from "../config.ts";
import { type Ending, ending, readWords, UsageFault } from "./command.ts";
import { demandKnown, minutesOf } from "./enrol.ts";
import { administrator, withRecords } from "./records.ts";

/** `countersign enrol passkey SUBJECT`: prints a one-time link on which SUBJECT registers a passkey. */
export async function issueRegistration(words: readonly string[]): Promise<Ending> {
  const { values, positionals } = readWords(words, { for: { type: "string" } });
  const [subject, ...more] = positionals;
  if (subject === undefined || more.length > 0) throw new UsageFault("whom? `countersign enrol passkey SUBJECT`");
  const forMinutes = minutesOf(values.for ?? "30m");
  const { pagesUrl, directory, sealingKey, retiredKeys } = enrolmentSettings(process.env, "passkey");
  demandKnown(subject, directory);

  const link = enrolmentLinks(readSealingKeys(sealingKey, retiredKeys), "passkey").make(subject);
  await withRecords((state, scribe) =>
    redisRegistrations(state, scribe).issue(link, subject, forMinutes * 60_000, administrator()),
  );
  process.stdout.write(`${new URL(`/passkey#${link}`, pagesUrl).href}\n`);
  process.stderr.write(
    `For ${subject}, once, within ${forMinutes} minutes. What they register counts when you have put it into the directory: \`countersign enrol passkeys ${subject}\` prints it.\n`,
  );
  return ending.well;
}

/** `countersign enrol passkeys [SUBJECT]`: prints what was registered as the directory wants it written. */
export async function printRegistrations(words: readonly string[]): Promise<Ending> {
  const { positionals } = readWords(words, {});
  const [only, ...more] = positionals;
  if (more.length > 0) throw new UsageFault(`"${more.join(" ")}" is too much: one subject at a time`);
  const lines = new Map<string, string[]>();
  await withRecords(async (state, scribe) => {
    for await (const entry of redisTrail(state, scribe, chance).entries()) {
      const { event } = JSON.parse(entry.body) as Body;
      if (event.kind !== "passkey.registered" || (only !== undefined && event.subject !== only)) continue;
      const { subject, credential, key } = event;
      const day = new Date(entry.time).toISOString().slice(0, 10);
      const comment = `      # registered ${day}, fingerprint ${fingerprintOf({ key })}`;
      lines.set(subject, [...(lines.get(subject) ?? []), comment, `      - { id: ${credential}, key: ${key} }`]);
    }
  });
  if (lines.size === 0) {
    process.stderr.write(`countersign: no passkey of ${only ?? "anybody"} was registered.\n`);
    return ending.ill;
  }
  for (const [subject, written] of lines)
    process.stdout.write(`  ${subject}:\n    passkeys:\n${written.map((line) => `${line}\n`).join("")}`);
  process.stderr.write(
    "Whoever holds the web process or Redis can write any key here: have each person tell you their fingerprint first.\n",
  );
  return ending.well;
}
