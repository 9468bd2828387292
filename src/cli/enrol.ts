import { enrolmentLinks } from "../adapters/authenticators/links.ts";
import { readSealingKeys } from "../adapters/authenticators/seal.ts";
import { FaultyFile, readPeople } from "../adapters/identity/files.ts";
import { redisEnrolments } from "../adapters/redis/credentials.ts";
import { enrolmentSettings } from "../config.ts";
import { codeOf, FaultyConfiguration } from "../environment.ts";
import { nearest } from "../operation/nearest.ts";
import type { People } from "../policy/people.ts";
import { type Ending, ending, readWords, UsageFault } from "./command.ts";
import { administrator, withRecords } from "./records.ts";

/** A link is for now, not for a mailbox: in minutes. */
const longest = 24 * 60;

/** `countersign enrol issue SUBJECT`: prints a one-time link, and nothing else on stdout. */
export async function issueEnrolment(words: readonly string[]): Promise<Ending> {
  const { values, positionals } = readWords(words, { for: { type: "string" }, replace: { type: "boolean" } });
  const [subject, ...more] = positionals;
  if (subject === undefined) throw new UsageFault("whom? `countersign enrol issue SUBJECT`");
  if (more.length > 0) throw new UsageFault(`"${more.join(" ")}" is too much: one subject at a time`);
  const forMinutes = minutesOf(values.for ?? "30m");
  const { pagesUrl, directory, sealingKey, retiredKeys } = enrolmentSettings(process.env);
  demandKnown(subject, directory);

  const link = enrolmentLinks(readSealingKeys(sealingKey, retiredKeys)).make(subject);
  const issued = await withRecords((state, scribe) =>
    redisEnrolments(state, scribe).issue(link, subject, forMinutes * 60_000, administrator(), values.replace === true),
  );
  if (!issued) {
    process.stderr.write(
      `countersign: ${subject} has an authenticator already. With --replace its codes stop counting as soon as the new one is confirmed.\n`,
    );
    return ending.ill;
  }
  process.stdout.write(`${new URL(`/enrol#${link}`, pagesUrl).href}\n`);
  process.stderr.write(
    `For ${subject}, once, within ${forMinutes} minutes. Whoever opens it first can prove to be ${subject}: hand it over in person, and not through Slack.\n`,
  );
  return ending.well;
}

/** `countersign enrol revoke SUBJECT`: ends all that opens or proves as them. Also for whom the directory knows no more. */
export async function revokeEnrolment(words: readonly string[]): Promise<Ending> {
  const { positionals } = readWords(words, {});
  const [subject, ...more] = positionals;
  if (subject === undefined) throw new UsageFault("whose? `countersign enrol revoke SUBJECT`");
  if (more.length > 0) throw new UsageFault(`"${more.join(" ")}" is too much: one subject at a time`);
  const ended = await withRecords((state, scribe) => redisEnrolments(state, scribe).revoke(subject, administrator()));
  process.stderr.write(
    ended
      ? `The authenticator of ${subject}, its recovery codes and every open link have ended. \`enrol issue\` makes a new link.\n`
      : `countersign: ${subject} has no authenticator and no open link; nothing was ended.\n`,
  );
  return ended ? ending.well : ending.ill;
}

export function minutesOf(text: string): number {
  const [, count, unit] = /^(\d{1,4})([mh])$/.exec(text) ?? [];
  const minutes = Number(count) * (unit === "h" ? 60 : 1);
  if (!(minutes >= 1 && minutes <= longest)) throw new UsageFault(`--for ${text}: give 1m to 24h, such as 30m`);
  return minutes;
}

export function demandKnown(subject: string, directory: string): void {
  const { subjects } = peopleIn(directory);
  if (subjects.has(subject)) return;
  const meant = nearest(subject, [...subjects.keys()]);
  throw new Error(`${directory} knows no subject "${subject}"${meant ? `; did you mean "${meant}"?` : ""}`);
}

function peopleIn(directory: string): People {
  try {
    return readPeople(directory);
  } catch (fault) {
    if (fault instanceof FaultyFile) throw new FaultyConfiguration(fault.faults);
    const file = fault instanceof Error && "path" in fault ? fault.path : directory;
    throw new FaultyConfiguration([`COUNTERSIGN_DIRECTORY: ${file} cannot be read (${codeOf(fault)})`]);
  }
}
