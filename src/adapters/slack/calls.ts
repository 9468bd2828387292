import type { RichTextBlockElement, RichTextElement } from "@slack/types";
import { headlineOf } from "../../operation/headline.ts";
import { openStage } from "../../policy/stages.ts";
import type { AwaitingApproval, Request } from "../../request/request.ts";
import { type Call, mostCalled } from "../../request/waiting.ts";
import { bold, context, limits, lines, moment, person, raw, richText } from "./blocks.ts";
import { escaped } from "./escape.ts";
import type { Surface } from "./surface.ts";

/**
 * Those who are called while a request waits for them: one reminder under its card, and one escalation for each channel. Each
 * is posted once, and none that was not posted before the request went on.
 */
export function callsOf(request: Request, approvalsChannel: string): readonly Surface[] {
  if (request.state !== "awaiting-approval" || !request.waiting) return [];
  const stage = openStage(request.decision.requirements, request.approvals.length);
  if (!stage) return [];
  const { reminded, escalated } = request.waiting;
  const { rule, number, given } = stage;
  const missing = `${rule.count - given} more of ${rule.from.join(" or ")}`;
  const reminder = reminded && {
    ...messageOf(request, `reminder-${number}`, approvalsChannel, `It waits for ${missing}`, [
      lines(
        [bold("Still waiting"), raw(` for ${missing}, since `), moment(request.waiting.since), raw(".")],
        called(reminded),
      ),
    ]),
    ...({ inThread: true, under: "card" } as const),
  };
  const to = rule.escalate?.to ?? [];
  const groups = to.filter((one) => one.startsWith("group:"));
  const named = to.filter((one) => !groups.includes(one));
  const channels = named.length > 0 ? named : [approvalsChannel];
  const title = `Still waiting for approval: ${headlineOf(request.operation)}`;
  const body = (call: Call) => [
    lines(
      [bold(title)],
      [
        raw(`Asked for by ${request.requester}. It waits for ${missing}, since `),
        moment(request.waiting?.since ?? call.at),
        raw("."),
      ],
      [bold("Reason: "), raw(request.reason || "none given")],
      ...(groups.length > 0 ? [called(call)] : []),
    ),
  ];
  return [
    ...(reminder ? [reminder] : []),
    ...(escalated
      ? channels.map((channel) =>
          messageOf(request, `escalation-${number}-${channel}`, channel, title, body(escalated)),
        )
      : []),
  ];
}

/** Mentions by ids that the directory had, never by text; whatever else stands in the record mentions nobody. */
function called({ users: called, others }: Call): readonly RichTextElement[] {
  const users = called.filter((user) => /^[UW][A-Z0-9]+$/.test(user)).slice(0, mostCalled);
  if (users.length === 0) return [raw("The directory knows nobody to call for it.")];
  return [
    ...users.flatMap((user) => [person(user), raw(" ")]),
    raw(others ? "and others: can you look at it?" : "can you look at it?"),
  ];
}

function messageOf(
  request: AwaitingApproval,
  key: string,
  channel: string,
  text: string,
  body: readonly RichTextBlockElement[],
): Surface {
  return {
    ...{ key, channel, inThread: false, once: true },
    text: escaped(text, limits.messageText / 10),
    blocks: [richText(...body), context(`Request ${request.id}`)],
  };
}
