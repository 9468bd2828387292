import type { KnownBlock, ModalView } from "@slack/types";
import { everywhere, type Freezing } from "../../operation/freezing.ts";
import { reasonLength } from "../../operation/parse.ts";
import { isRefusal } from "../../operation/refusal.ts";
import { secretIn } from "../../operation/secret.ts";
import { asSentence, plainLine } from "../../operation/words.ts";
import type { Subject } from "../../policy/subject.ts";
import type { Lifting } from "../../request/brake.ts";
import { frozenInWords, scopeInWords } from "../../request/freeze.ts";
import type { Arrival } from "./arrival.ts";
import { bold, bullets, lines, moment, raw, richText, whyInput } from "./blocks.ts";
import { clip } from "./escape.ts";
import { atCode, type Filled, type FormReply, inPlace, nothingTyped, responseIn } from "./forms.ts";
import { type Front, identify } from "./front.ts";
import { form, noticeModal } from "./modals.ts";
import { open } from "./opening.ts";
import { refusalReply } from "./refusal-reply.ts";
import { askProof } from "./ways.ts";
import { type Reply, reply } from "./whisper.ts";
import { refusalWords } from "./words.ts";

/** `freeze`: it is done as it is typed, for it must be quick. */
export async function freeze(
  { ports, settings }: Front,
  subject: Subject,
  { scope, reason }: Freezing,
): Promise<Reply> {
  const frozen = await ports.brake.freeze(subject, scope, reason);
  if (isRefusal(frozen)) return refusalReply(frozen);
  return reply(
    `${asSentence(scopeInWords(scope))} is frozen: nothing new begins, what runs already goes on, and reads are answered.`,
    `Two people lift it, each with \`${settings.command} unfreeze${scope === everywhere ? "" : ` ${scope}`} -- REASON\`.`,
  );
}

/** `unfreeze`: a form, for it takes proof of presence; nothing is said yet by typing it. */
export async function openUnfreeze(
  front: Front,
  arrival: Arrival,
  subject: Subject,
  { scope, reason }: Freezing,
): Promise<Reply> {
  const lifting = await front.ports.brake.lifting(subject, scope);
  if (isRefusal(lifting)) return refusalReply(lifting);
  await open(front, arrival, unfreezeModal(lifting, reason));
  return reply("The form asks for proof of your presence; nothing is said before you send it.");
}

export async function submitUnfreeze(front: Front, arrival: Arrival, filled: Filled): Promise<FormReply> {
  const subject = await identify(front, arrival, front.settings.approvalsChannel);
  if (isRefusal(subject)) return inPlace(subject);
  const why = clip(plainLine(filled.why ?? ""), reasonLength);
  const secret = secretIn(why);
  if (secret) return { errors: { why: `This seems to hold ${secret}. Say it without, and rotate it now.` } };
  const said = await front.ports.brake.unfreeze(subject, {
    freeze: filled.request,
    why,
    response: responseIn(filled) ?? nothingTyped,
  });
  if (isRefusal(said))
    return said.refused === "bad-arguments" ? { errors: { why: refusalWords(said) } } : atCode(said, filled);
  const words = scopeInWords(said.freeze.scope);
  return {
    view: noticeModal(
      said.lifted
        ? `The freeze of ${words} is lifted. What waited goes on if its grant still holds.`
        : `Your word is recorded. ${asSentence(words)} stays frozen until a second person types the same.`,
    ),
  };
}

/** `freezes`: all that stand. */
export async function freezes({ ports }: Front): Promise<Reply> {
  const standing = await ports.brake.standing();
  if (standing.length === 0) return reply("Nothing is frozen.");
  const rows = standing.map(({ at, lift, ...freeze }) => [
    raw(`${asSentence(frozenInWords({ at, ...freeze }))}, since `),
    moment(at),
    ...(lift ? [raw(`. ${lift.by} wants it lifted: ${lift.why}`)] : []),
  ]);
  const words = standing.map((freeze) => `${asSentence(frozenInWords(freeze))}.`);
  return { ...reply(...words), blocks: [richText(bullets(rows))] };
}

function unfreezeModal({ freeze: { id, by, at, why, scope }, first, ways }: Lifting, reason: string): ModalView {
  const asked = askProof(ways, {}, "The code of your authenticator");
  const about: KnownBlock = richText(
    lines(
      [bold(`${asSentence(scopeInWords(scope))} is frozen`)],
      [raw(`by ${by}, `), moment(at), raw(`: ${why}`)],
      first
        ? [raw(`${first.by} wants it lifted: ${first.why}. Yours is the second word: it is lifted at once.`)]
        : [raw("Yours is the first of two words: it stays frozen until a second person types the same.")],
    ),
  );
  const send = asked.typed ? (first ? "Lift it" : "Say so") : undefined;
  return form("unfreeze", id, "Unfreeze", send, [
    about,
    whyInput("Why may it go on?", reasonLength, reason),
    ...asked.blocks,
  ]);
}
