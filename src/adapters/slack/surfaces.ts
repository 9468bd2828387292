import { spoken as commandOf } from "../../operation/catalogue.ts";
import { isRead } from "../../operation/operation.ts";
import type { Freeze } from "../../request/freeze.ts";
import { isOver, type Request } from "../../request/request.ts";
import { limits, lines, preformatted, raw, richText } from "./blocks.ts";
import { callsOf } from "./calls.ts";
import { cardOf } from "./card.ts";
import { escaped } from "./escape.ts";
import { frozenLine } from "./frozen.ts";
import { isPublic, wasPutToApprovers } from "./known.ts";
import { noticesOf } from "./notices.ts";
import { type Kept, pagesOf } from "./pages.ts";
import type { Surface } from "./surface.ts";
import { repliesOf, rootOf } from "./thread.ts";
import { stateWords } from "./words.ts";

/** Everything that should stand in Slack for a request as it is: pure, so that it can be made true again at any time. */
export function surfacesOf(
  request: Request,
  approvalsChannel: string,
  standing: readonly Freeze[] = [],
): readonly Surface[] {
  const frozen = frozenLine(request, standing);
  const threadChannel = isDirect(request.origin.channel) ? approvalsChannel : request.origin.channel;
  return [
    ...(isPublic(request) ? [rootOf(request, threadChannel, frozen)] : []),
    ...(wasPutToApprovers(request) ? [cardOf(request, approvalsChannel, frozen)] : []),
    ...(isPublic(request) ? repliesOf(request, threadChannel) : []),
    ...noticesOf(request),
    ...callsOf(request, approvalsChannel),
    ...answerOf(request),
  ];
}

/** A conversation of one person with the app: nobody else could read a thread there. */
export function isDirect(channel: string): boolean {
  return channel.startsWith("D");
}

/** A read is answered to the requester alone. */
function answerOf(request: Request): readonly Surface[] {
  if (!isRead(request.operation) || !isOver(request)) return [];
  const answer = "outcome" in request && request.state === "succeeded" ? request.answer : undefined;
  const heading = commandOf(request.operation);
  const words = answer === undefined ? whyNoAnswer(request) : heading;
  const title = raw(`${heading} (${request.id})`);
  const body =
    answer === undefined
      ? [lines([title], [raw(words)])]
      : [lines([title]), ...pagesOf(answer, keptOf(request)).map(preformatted)];
  return [
    {
      key: "answer",
      channel: request.origin.channel,
      text: escaped(words, limits.messageText / 10),
      blocks: [richText(...body)],
      inThread: false,
      once: true,
      ephemeralFor: request.origin.user,
    },
  ];
}

function whyNoAnswer(request: Request): string {
  return request.state === "succeeded"
    ? "It was answered, and the answer is kept no longer. Ask again."
    : stateWords(request);
}

/** Of a log the end is what is looked for. */
function keptOf({ operation }: Request): Kept {
  return operation.kind === "logs" ? "last" : "first";
}
