import { spoken as commandOf } from "../../operation/catalogue.ts";
import { headlineOf } from "../../operation/headline.ts";
import { isRead } from "../../operation/operation.ts";
import type { Freeze } from "../../request/freeze.ts";
import { isOver, type Request } from "../../request/request.ts";
import { bold, context, limits, lines, preformatted, raw, richText } from "./blocks.ts";
import { cardOf } from "./card.ts";
import { escaped } from "./escape.ts";
import { frozenLine } from "./frozen.ts";
import { decisionOf, isPublic, wasPutToApprovers } from "./known.ts";
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
    ...answerOf(request),
  ];
}

/** What the channels see that the policy wants told: one message each, kept true to the end. */
function noticesOf(request: Request): readonly Surface[] {
  const decision = decisionOf(request);
  return (decision?.requirements.notify ?? []).map((channel) => {
    const headline = headlineOf(request.operation);
    const state = stateWords(request);
    return {
      key: `notice-${channel}`,
      channel,
      text: escaped(`${headline}, tier ${decision?.tier}: ${state}`, limits.messageText / 10),
      blocks: [
        richText(
          lines(
            [bold(headline), raw(`, tier ${decision?.tier}, asked for by ${request.requester}`)],
            [bold("Reason: "), raw(request.reason || "none given")],
            [raw(state)],
          ),
        ),
        context(`Request ${request.id}`),
      ],
      inThread: false,
      once: false,
    };
  });
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
