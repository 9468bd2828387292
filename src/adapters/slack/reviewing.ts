import { headlineOf } from "../../operation/headline.ts";
import { isRefusal } from "../../operation/refusal.ts";
import { reviewOf } from "../../request/review.ts";
import type { Arrival } from "./arrival.ts";
import { bullets, code, moment, raw, richText } from "./blocks.ts";
import { about } from "./clicks.ts";
import { doorsFor } from "./doors.ts";
import type { Front } from "./front.ts";
import { reviewedModal } from "./modals.ts";
import { open } from "./opening.ts";
import { refusalReply } from "./refusal-reply.ts";
import { type Reply, reply } from "./whisper.ts";

/** [Reviewed…]: the form for one who may close the review; anybody else is told why not. */
export async function openReviewed(front: Front, arrival: Arrival, id: string): Promise<void> {
  const { ports, whisper } = front;
  const who = await about(front, arrival, id);
  if (isRefusal(who)) return whisper(arrival.user, arrival.channel, refusalReply(who));
  const { request, subject, now } = who;
  const standing = await ports.lifecycle.reviewerStanding(request, subject);
  if (!standing.may) {
    const { refused: code } = standing.refusal;
    await ports.trail.append({ kind: "review.refused", request: id, subject: subject.sub, code });
    return whisper(arrival.user, arrival.channel, refusalReply(standing.refusal));
  }
  const doors = doorsFor(front, { request: id, subject: subject.sub, purpose: "reviewed" }, now);
  await Promise.all([
    open(front, arrival, reviewedModal(request, standing.ways, doors)),
    ports.trail.append({ kind: "review.begun", request: id, subject: subject.sub }),
  ]);
}

/** `reviews`: those that are open, and until when they were to be closed. */
export async function reviews({ ports }: Front): Promise<Reply> {
  const open = await ports.store.openReviews();
  const rows = await Promise.all(
    open.map(async ({ request: id, subject }) => {
      const request = (await ports.store.read(id))?.request;
      const review = request && reviewOf(request);
      const said = `, for which ${subject} broke the glass`;
      return request && review
        ? [code(id), raw(` ${headlineOf(request.operation)}${said}; review due by `), moment(review.due)]
        : [code(id), raw(`${said}; its record is gone or was changed: the audit trail says what it was`)];
    }),
  );
  if (rows.length === 0) return reply("No review is open.");
  const count = rows.length === 1 ? "One review is" : `${rows.length} reviews are`;
  return { ...reply(`${count} open.`), blocks: [richText(bullets(rows))] };
}
