import { redisSlackLinks } from "../adapters/redis/slack-links.ts";
import { readLink } from "../challenge/slack-link.ts";
import { type Ending, ending, readWords, UsageFault } from "./command.ts";
import { administrator, withRecords } from "./records.ts";

/** `countersign identity links`: the Slack accounts that people linked themselves, as the records have them. */
export async function printLinks(words: readonly string[]): Promise<Ending> {
  const { positionals } = readWords(words, {});
  if (positionals.length > 0) throw new UsageFault(`"${positionals.join(" ")}" is too much: it lists them all`);
  const texts = await withRecords((state, scribe) => redisSlackLinks(state, scribe).all());
  const lines = texts.flatMap((text) => {
    const link = readLink(text);
    return link ? [`${link.team}/${link.user} ${link.subject} ${dayOf(link.at)}\n`] : [];
  });
  process.stdout.write(lines.toSorted().join(""));
  process.stderr.write(
    lines.length === 0
      ? "countersign: nobody has linked a Slack account; those of the directory are not listed here.\n"
      : "Whoever writes to Redis can write any line here: only those that web signed count.\n",
  );
  return ending.well;
}

/** `countersign identity unlink TEAM/USER`: a Slack account speaks for nobody any more, unless the directory says for whom. */
export async function unlink(words: readonly string[]): Promise<Ending> {
  const { positionals } = readWords(words, {});
  const [account, ...more] = positionals;
  const [, team, user] = /^([TE][A-Z0-9]+)\/([UW][A-Z0-9]+)$/.exec(account ?? "") ?? [];
  if (team === undefined || user === undefined || more.length > 0)
    throw new UsageFault("which Slack account? `countersign identity unlink TEAM/USER`, such as T0123/U0456");
  const ended = await withRecords(async (state, scribe) => {
    const links = redisSlackLinks(state, scribe);
    const text = await links.read({ team, user });
    if (text === undefined) return undefined;
    const subject = readLink(text)?.subject ?? "nobody";
    return (await links.end({ team, user }, text, subject, administrator())) ? subject : undefined;
  });
  process.stderr.write(
    ended === undefined
      ? `countersign: nobody linked ${account}; what the directory says of it is ended there.\n`
      : `${account} does not speak for ${ended} any more.\n`,
  );
  return ended === undefined ? ending.ill : ending.well;
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
