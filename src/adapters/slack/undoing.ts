import { reasonLength } from "../../operation/parse.ts";
import { isRefusal } from "../../operation/refusal.ts";
import { secretIn } from "../../operation/secret.ts";
import { plainLine } from "../../operation/words.ts";
import type { Arrival } from "./arrival.ts";
import { about, readRequest } from "./clicks.ts";
import { clip } from "./escape.ts";
import { type Filled, type FormReply, inPlace } from "./forms.ts";
import { type Front, identify, recordRefusal } from "./front.ts";
import { doneModal, undoModal } from "./modals.ts";
import { open } from "./opening.ts";
import { refusalReply } from "./refusal-reply.ts";
import { isDirect } from "./surfaces.ts";

/** [Undo…]: the form for one whom the policy lets ask for it; anybody else is told why not. Nothing is asked for yet. */
export async function openUndo(front: Front, arrival: Arrival, id: string): Promise<void> {
  const who = await about(front, arrival, id);
  if (isRefusal(who)) return front.whisper(arrival.user, arrival.channel, refusalReply(who));
  const { request, subject, now } = who;
  const offer = front.ports.lifecycle.undoStanding(request, subject, now);
  if (!isRefusal(offer)) return open(front, arrival, undoModal(request, offer.operation));
  await recordRefusal(front, subject, offer);
  await front.whisper(arrival.user, arrival.channel, refusalReply(offer));
}

/** Asks for the new request, where the old one was asked for. */
export async function submitUndo(front: Front, arrival: Arrival, filled: Filled): Promise<FormReply> {
  const stored = await readRequest(front, filled.request);
  if (isRefusal(stored)) return inPlace(stored);
  const { origin } = stored.request;
  // Nobody else could read a thread in a direct message with the app.
  const channel = isDirect(origin.channel) ? front.settings.approvalsChannel : origin.channel;
  const subject = await identify(front, arrival, channel);
  if (isRefusal(subject)) return inPlace(subject);
  const reason = clip(plainLine(filled.why ?? ""), reasonLength);
  const secret = secretIn(reason);
  if (secret) return { errors: { why: `This seems to hold ${secret}. Say it without, and rotate it now.` } };
  if (reason === "") return { errors: { why: "This needs a reason. Say in a few words why." } };
  const { team, user } = arrival;
  const asked = await front.ports.lifecycle.undo(filled.request, { subject, origin: { team, user, channel }, reason });
  if (isRefusal(asked)) await recordRefusal(front, subject, asked);
  return isRefusal(asked)
    ? inPlace(asked)
    : { view: doneModal(`Asked for as ${asked.id}; its thread says what comes next.`, asked) };
}
