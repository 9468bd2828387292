import type { Disowned } from "../../request/pushing.ts";
import { codeOf } from "./api-fault.ts";
import type { Front } from "./front.ts";
import { inert, reply } from "./whisper.ts";

/** Tells the security channel that somebody was sent a push which they did not ask for; throws when it could not be told. */
export async function raiseAlarm({ settings, ports, slack }: Front, disowned: Disowned): Promise<void> {
  const { subject, request, became } = disowned;
  const { text, blocks } = reply(
    `\`${subject}\` says that a push for \`${request}\` was not asked for by them. Somebody may act with their Slack account.`,
    `The request ${became}. They are sent no push for 15 minutes.`,
  );
  try {
    await slack.chat.postMessage({ channel: settings.securityChannel, text, blocks: [...blocks], ...inert });
  } catch (fault) {
    ports.log.error("the security channel could not be told", { code: codeOf(fault), request });
    throw fault;
  }
}
