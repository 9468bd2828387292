import type { RichTextElement } from "@slack/types";
import { headlineOf } from "../../operation/headline.ts";
import { commandOf } from "../../request/asked.ts";
import type { Request } from "../../request/request.ts";
import { reviewOf } from "../../request/review.ts";
import { actions, bold, code, context, limits, lines, raw, richText } from "./blocks.ts";
import { reviewButton } from "./buttons.ts";
import { escaped } from "./escape.ts";
import { glassLines } from "./glass.ts";
import { decisionOf } from "./known.ts";
import type { Surface } from "./surface.ts";
import { stateWords } from "./words.ts";

/** What the channels see that the policy wants told: one message each, kept true to the end, and one of a review overdue. */
export function noticesOf(request: Request): readonly Surface[] {
  const channels = decisionOf(request)?.requirements.notify ?? [];
  return channels.flatMap((channel) => [noticeOf(request, channel), ...overdueOf(request, channel)]);
}

function noticeOf(request: Request, channel: string): Surface {
  const tier = decisionOf(request)?.tier;
  const headline = `${request.breakGlass ? "BREAK-GLASS: " : ""}${headlineOf(request.operation)}`;
  const state = stateWords(request);
  return messageOf(request, {
    key: `notice-${channel}`,
    channel,
    text: `${headline}, tier ${tier}: ${state}`,
    rows: [
      [bold(headline), raw(`, tier ${tier}, asked for by ${request.requester}`)],
      ...(request.breakGlass ? [[code(commandOf(request))]] : []),
      [bold("Reason: "), raw(request.reason || "none given")],
      [raw(state)],
      ...glassLines(request),
    ],
  });
}

/** Told once, when the time was over; what it says stays true. */
function overdueOf(request: Request, channel: string): readonly Surface[] {
  if (reviewOf(request)?.overdue === undefined) return [];
  const headline = `Review overdue: ${headlineOf(request.operation)}`;
  const rows = [
    [bold(headline), raw(`, for which ${request.requester} broke the glass`)],
    [bold("Reason: "), raw(request.reason || "none given")],
    ...glassLines(request),
  ];
  return [messageOf(request, { key: `overdue-${channel}`, channel, text: headline, rows })];
}

function messageOf(
  request: Request,
  said: Pick<Surface, "key" | "channel" | "text"> & { readonly rows: readonly (readonly RichTextElement[])[] },
): Surface {
  const { key, channel, text, rows } = said;
  const buttons = reviewButton(request);
  return {
    ...{ key, channel, inThread: false, once: false },
    text: escaped(text, limits.messageText / 10),
    blocks: [
      richText(lines(...rows)),
      context(`Request ${request.id}`),
      ...(buttons.length > 0 ? [actions(...buttons)] : []),
    ],
  };
}
