import type { Refusal } from "../operation/refusal.ts";
import type { Desk } from "./desk.ts";
import type { Request } from "./request.ts";

/**
 * They said no on their device. Of the requester it ends the request; of anybody else it ends what they were about to
 * do, and nothing more.
 */
export async function decline(desk: Desk, id: string, subject: string): Promise<Request | Refusal> {
  return desk.mover.move(id, ({ request }) =>
    request.requester === subject && request.state === "awaiting-challenge"
      ? { event: { type: "denied", subject, why: "declined on the phone" } }
      : undefined,
  );
}

/**
 * They say that a push was none of their doing, so somebody else acts as them. Whoever they are to the request, it ends
 * unless it has begun; the trail has it in any case, first.
 */
export async function disown(desk: Desk, id: string, subject: string): Promise<Request | Refusal> {
  await desk.trail.append({ kind: "push.disowned", request: id, subject });
  return desk.mover.move(id, () => ({
    event: { type: "cancelled", subject, why: "the push for it was not asked for by the person it was sent to" },
  }));
}
