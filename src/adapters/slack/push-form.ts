import type { PushBegun } from "../../challenge/push.ts";
import type { Purpose } from "../../challenge/step-up.ts";
import { isRefusal, type Refusal, refuse } from "../../operation/refusal.ts";
import type { PushAuthenticator } from "../../policy/authenticator.ts";
import type { Subject } from "../../policy/subject.ts";
import { commandOf } from "../../request/asked.ts";
import type { Request } from "../../request/request.ts";
import type { Arrival } from "./arrival.ts";
import { actions, button } from "./blocks.ts";
import { readRequest, replace, type ViewRef } from "./clicks.ts";
import { type Front, identify } from "./front.ts";
import { proveModal, refusalModal, reviewedModal, reviewModal, settleModal } from "./modals.ts";
import { raiseAlarm } from "./push-alarm.ts";
import { refusalReply } from "./refusal-reply.ts";
import { isDirect } from "./surfaces.ts";
import { type Reply, reply } from "./whisper.ts";

/** [Send a push]: sends it, has the form ask for its code, and tells the person that one was sent for them. */
export async function openPush(
  front: Front,
  arrival: Arrival,
  by: PushAuthenticator,
  value: string,
  view: ViewRef,
): Promise<void> {
  const [purpose, id = ""] = value.split(" ");
  const { pushing } = front.ports;
  if (!pushing || !isPurpose(purpose)) return;
  const stored = await readRequest(front, id);
  if (isRefusal(stored)) return replace(front, arrival, view, refusalModal(stored));
  const { request, now } = stored;
  const { channel } = request.origin;
  const elsewhere = purpose === "approve" || (purpose !== "prove" && isDirect(channel));
  const subject = await identify(front, arrival, elsewhere ? front.settings.approvalsChannel : channel);
  const begun = isRefusal(subject) ? subject : await pushing.begin(id, subject, purpose, by);
  if (isRefusal(subject) || isRefusal(begun)) return replace(front, arrival, view, refusalModal(begun as Refusal));
  await Promise.all([
    replace(front, arrival, view, await formOf(front, { request, subject, now, purpose, begun })),
    front.whisper(arrival.user, undefined, notice(request, begun)),
  ]);
}

/** [Not me]: somebody acts with this person's Slack account. The security channel is told, whatever became of it. */
export async function notMe(front: Front, arrival: Arrival, salt: string): Promise<void> {
  const { ports, whisper } = front;
  const subject = await identify(front, arrival);
  if (isRefusal(subject)) return whisper(arrival.user, arrival.channel, refusalReply(subject));
  const none = refuse("no-push", "No push is sent from here.");
  const done = (await ports.pushing?.disown(salt, subject)) ?? none;
  if (isRefusal(done)) return whisper(arrival.user, arrival.channel, refusalReply(done));
  const { request, became } = done;
  const told = await raiseAlarm(front, done).then(
    () => "The security team is told.",
    () => "The security team could NOT be told by us: tell them yourself, now.",
  );
  await whisper(
    arrival.user,
    arrival.channel,
    reply(`The request \`${request}\` ${became}, and you are sent no push for 15 minutes.`, told),
  );
}

interface Pushed {
  readonly request: Request;
  readonly subject: Subject;
  readonly now: number;
  readonly purpose: Purpose;
  readonly begun: PushBegun;
}

async function formOf({ ports }: Front, { request, subject, now, purpose, begun }: Pushed) {
  const { lifecycle } = ports;
  const doors = { pushed: begun };
  if (purpose === "prove") return proveModal(request, await lifecycle.proverStanding(request, subject), doors);
  if (purpose === "approve") return reviewModal(request, await lifecycle.standing(request, subject, now), doors);
  if (purpose === "reviewed") return reviewedModal(request, [begun.by], doors);
  return settleModal(request, purpose, [begun.by], doors);
}

function notice(request: Request, { salt }: PushBegun): Reply {
  const says = `A push was sent to your device for \`${commandOf(request)}\` (${request.id}).`;
  const { text, blocks } = reply(says, "If it was not you who asked for it, press Not me.");
  return { text, blocks: [...blocks, actions(button("not-me", "Not me", salt, { style: "danger" }))] };
}

function isPurpose(text: string | undefined): text is Purpose {
  return text === "prove" || text === "approve" || text === "ran" || text === "did-not-run";
}
