import type { RichTextElement } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import type { Body, Entry } from "../../audit/chain.ts";
import type { AuditEvent } from "../../audit/event.ts";
import { asSentence } from "../../operation/words.ts";
import { scopeInWords } from "../../request/freeze.ts";
import { codeOf } from "./api-fault.ts";
import { bold, lines, moment, person, raw, richText, spoken } from "./blocks.ts";
import { escaped } from "./escape.ts";
import type { SlackPorts, SlackSettings } from "./settings.ts";
import { inert } from "./whisper.ts";

/** What an entry says to people: a title, sentences under it, and whose it is. */
interface Alarm {
  readonly title: string;
  readonly says: readonly (readonly RichTextElement[])[];
  /** The subject who is told by a direct message as well. */
  readonly whose?: string;
  /** Another Slack account that is told so, by its user id. */
  readonly also?: string;
  /** It is for the security channel, not for the approvers'. */
  readonly security?: true;
}

/**
 * Tells the approvers' channel or that of security, and the person it is about in a direct message. It throws when the
 * channel could not be told; a direct message that does not arrive is logged, for the channel has it too.
 */
export function createTeller(
  client: WebClient,
  { approvalsChannel, securityChannel }: Pick<SlackSettings, "approvalsChannel" | "securityChannel">,
  { directory, log }: Pick<SlackPorts, "directory" | "log">,
): (entry: Entry) => Promise<void> {
  return async (entry) => {
    const { event } = JSON.parse(entry.body) as Body;
    const alarm = alarmOf(event, entry.time);
    if (!alarm) return;
    const { title, says, whose, also, security } = alarm;
    const users = whose === undefined ? [] : await directory.slackUsers(whose);
    const told = new Set([...users, ...(also === undefined ? [] : [also])]);
    const named =
      whose === undefined ? [] : [[raw("Whose: "), raw(whose), ...users.flatMap((id) => [raw(" "), person(id)])]];
    const message = {
      text: escaped(title, 300),
      blocks: [richText(lines([bold(title)], ...says, ...named))],
      ...inert,
    };
    await client.chat.postMessage({ channel: security ? securityChannel : approvalsChannel, ...message });
    for (const user of told)
      try {
        const { channel } = await client.conversations.open({ users: user });
        if (channel?.id) await client.chat.postMessage({ channel: channel.id, ...message });
      } catch (fault) {
        log.warn("a person could not be told of an alarm", { code: codeOf(fault) });
      }
  };
}

function alarmOf(event: AuditEvent, at: number): Alarm | undefined {
  switch (event.kind) {
    case "recovery.used":
      return {
        title: "A recovery code was used",
        says: [
          [raw("Whoever has it can now enrol another authenticator, at "), moment(at), raw(".")],
          notMe(event.subject),
        ],
        whose: event.subject,
      };
    case "enrolment.completed":
      return event.waitMs === undefined
        ? undefined
        : {
            title: "An authenticator was enrolled with a recovery code",
            says: [
              [raw("It counts from "), moment(at + event.waitMs), raw("; the earlier one has ended.")],
              notMe(event.subject),
            ],
            whose: event.subject,
          };
    case "recovery.locked":
      return {
        title: "Recovery is locked after too many wrong recovery codes",
        says: [[raw("Somebody types recovery codes that are none. The authenticator itself goes on counting.")]],
        whose: event.subject,
      };
    case "identity.linked":
      return {
        title: `A Slack account was linked to ${event.subject}`,
        says: [
          [
            person(event.user),
            raw(` (${event.team}/${event.user}) asks and approves as ${event.subject} from now on.`),
          ],
          notTheirs(event),
        ],
        ...{ whose: event.subject, also: event.user, security: true },
      };
    case "identity.unlinked":
      return {
        title: `A Slack account is not linked to ${event.subject} any more`,
        says: [[person(event.user), raw(` (${event.team}/${event.user}) was unlinked by ${event.by}.`)]],
        ...{ whose: event.subject, also: event.user, security: true },
      };
    case "freeze.set":
      return {
        title: `${asSentence(scopeInWords(event.scope))} is frozen by ${event.subject}`,
        says: [[raw(event.why)], [raw("Nothing new begins there; what runs already goes on. Reads are answered.")]],
      };
    case "freeze.lift-asked":
      return {
        title: `${event.subject} wants ${scopeInWords(event.scope)} unfrozen`,
        says: [[raw(event.why)], [raw("It stays frozen until a second person types the same.")]],
      };
    case "freeze.lifted":
      return {
        title: `The freeze of ${scopeInWords(event.scope)} is lifted`,
        says: [[raw(`By ${event.first} and ${event.subject}: ${event.why}`)]],
      };
    case "freeze.restored":
      return {
        title: `A freeze of ${scopeInWords(event.scope)} was removed from the records and not lifted`,
        says: [
          [raw(`It was set by ${event.subject}: ${event.why}. It stands again.`)],
          [raw("Somebody else writes to Redis. Tell the security team now, and look what ran meanwhile.")],
        ],
      };
    case "review.restored":
      return {
        title: `An open review of ${event.subject} was removed from the records and not closed`,
        says: [
          [raw(`They broke the glass for ${event.request}. The review is owed again.`)],
          [raw("Somebody else writes to Redis. Tell the security team now.")],
        ],
      };
    default:
      return undefined;
  }
}

function notTheirs({ team, user }: { readonly team: string; readonly user: string }): readonly RichTextElement[] {
  return spoken(`Not theirs? An administrator ends it at once: \`countersign identity unlink ${team}/${user}\`.`);
}

function notMe(subject: string): readonly RichTextElement[] {
  return spoken(`Not you? An administrator ends it at once: \`countersign enrol revoke ${subject}\`.`);
}
