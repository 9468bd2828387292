import type { RichTextElement } from "@slack/types";
import { spanInWords } from "../../operation/span.ts";
import { authenticatorWords } from "../../policy/authenticator.ts";
import type { Request } from "../../request/request.ts";
import { reviewOf } from "../../request/review.ts";
import { bold, lines, moment, raw } from "./blocks.ts";
import type { Reply } from "./end-replies.ts";
import { decisionOf } from "./known.ts";
import type { Surface } from "./surface.ts";

type Row = readonly RichTextElement[];

/** What breaking the glass has come to: what will be owed, what is owed and until when, or who closed it. */
export function glassLines(request: Request): readonly Row[] {
  const rule = decisionOf(request)?.requirements.breakGlass;
  if (!rule) return [];
  const whom = `by somebody else of ${rule.from.join(" or ")}`;
  const review = reviewOf(request);
  if (review?.closed) {
    const { subject, at, why } = review.closed;
    return [[bold("Reviewed"), raw(` by ${subject}, `), moment(at), raw(`: ${why}`)]];
  }
  if (review) {
    const late = review.overdue === undefined ? "Review due by " : "Review overdue since ";
    return [[bold("Nobody approved it. "), raw(late), moment(review.due), raw(`, ${whom}.`)]];
  }
  if ("ended" in request) return [[raw("It did not begin, so there is nothing to review.")]];
  return [
    [
      bold("Nobody approves it. "),
      raw(`It is to be reviewed within ${spanInWords(rule.review)} of its grant, ${whom}.`),
    ],
  ];
}

/** In the thread: that the glass is broken, that the review was not closed in time, and its end. */
export function glassReplies(request: Request, reply: Reply): readonly Surface[] {
  const rule = decisionOf(request)?.requirements.breakGlass;
  if (!rule) return [];
  const { requester } = request;
  const review = reviewOf(request);
  const broken = reply("glass", `BREAK-GLASS by ${requester}`, [
    lines(
      [bold(`BREAK-GLASS by ${requester}: `), raw("it runs without anybody's approval.")],
      [raw(`Somebody else of ${rule.from.join(" or ")} reviews it within ${spanInWords(rule.review)} of its grant.`)],
    ),
  ]);
  const overdue =
    review?.overdue === undefined
      ? []
      : [
          reply("review-overdue", "The review is overdue", [
            lines([bold("The review is overdue, "), moment(review.due)]),
          ]),
        ];
  if (!review?.closed) return [broken, ...overdue];
  const { subject, at, why, proof } = review.closed;
  const closed = reply("review-closed", `Reviewed by ${subject}`, [
    lines(
      [bold(`Reviewed by ${subject}`), raw(` with ${authenticatorWords[proof.authenticator]}, `), moment(at)],
      [raw(why)],
    ),
  ]);
  return [broken, ...overdue, closed];
}
