import type { Button, KnownBlock, RichTextBlockElement, RichTextElement } from "@slack/types";
import { accountsOf } from "../../operation/catalogue.ts";
import { headlineOf } from "../../operation/headline.ts";
import { plannedInWords } from "../../operation/plan.ts";
import { authenticatorWords } from "../../policy/authenticator.ts";
import { commandOf } from "../../request/asked.ts";
import type { Request } from "../../request/request.ts";
import { lapseOf } from "../../request/turn.ts";
import { actions, bold, bullets, code, context, lines, moment, person, raw, richText } from "./blocks.ts";
import { buttonsFor } from "./buttons.ts";
import { elevationReplies } from "./elevation-replies.ts";
import { endReplies, type Reply } from "./end-replies.ts";
import { clip, escaped } from "./escape.ts";
import { glassLines, glassReplies } from "./glass.ts";
import { approvalsOf, decisionOf, digestOf, heldUpOf, planOf, proofOf, quorumOf, wasGranted } from "./known.ts";
import { reachReplies } from "./reach.ts";
import type { Surface } from "./surface.ts";
import { stateWords } from "./words.ts";

/** More than this many warnings or changes in one reply tire the reader; Review shows all. */
const shownItems = 6;
const shownText = 400;

/** The first message of the thread: what is asked and where it stands, with the buttons of this very state. */
export function rootOf(request: Request, channel: string, frozen?: string): Surface {
  const headline = headlineOf(request.operation);
  const state = stateWords(request);
  const tier = decisionOf(request)?.tier;
  const digest = digestOf(request);
  const about = [
    `Request ${request.id}`,
    ...(tier === undefined ? [] : [`tier ${tier}`]),
    ...(digest === undefined ? [] : [`plan ${digest.slice(0, 12)}`]),
  ];
  const buttons = buttonsFor(request);
  return {
    key: "thread",
    channel,
    text: escaped(`${headline}: ${state}`, shownText * 2),
    blocks: [
      richText(
        lines(
          [bold(headline)],
          [raw(state)],
          ...(frozen === undefined ? [] : [[bold(frozen)]]),
          ...patience(request),
          ...glassLines(request),
        ),
      ),
      context(about.join(" · ")),
      ...(buttons.length > 0 ? [actions(...buttons)] : []),
    ],
    inThread: false,
    once: false,
  };
}

/** Until when it is tried again, where it is held up. */
function patience(request: Request): readonly (readonly RichTextElement[])[] {
  const until = heldUpOf(request) && lapseOf(request);
  return until === undefined ? [] : [[raw("It is tried again until "), moment(until), raw(", then it lapses.")]];
}

/** The replies: one for each fact the record holds, in the order they came about. */
export function repliesOf(request: Request, channel: string): readonly Surface[] {
  const reply = (key: string, text: string, body: readonly RichTextBlockElement[]): Surface => ({
    key,
    channel,
    text: escaped(text, shownText),
    blocks: [richText(...body)],
    inThread: true,
    once: true,
  });
  return [
    reply("asked", `Asked: ${commandOf(request)}`, askedBody(request)),
    ...plannedReply(request, reply),
    ...glassReplies(request, reply),
    ...reachReplies(request, reply),
    ...proofReply(request, reply),
    ...approvalReplies(request, reply),
    ...grantReply(request, reply),
    ...executionReplies(request, reply),
    ...endReplies(request, reply),
    ...elevationReplies(request, reply),
  ];
}

function askedBody(request: Request): readonly RichTextBlockElement[] {
  return [
    lines(
      [person(request.origin.user), raw(` (${request.requester}) asked for `), code(commandOf(request))],
      [bold("Reason: "), raw(request.reason || "none given")],
    ),
  ];
}

function plannedReply(request: Request, reply: Reply): readonly Surface[] {
  const plan = planOf(request);
  if (!plan) return [];
  const { object, changes, live } = plan;
  const about: RichTextElement[] = object
    ? [bold("Planned on "), raw(`${plannedInWords(object)}, uid ${object.uid}`)]
    : [bold("Planned: "), raw(plan.effects.join(" "))];
  return [
    reply("planned", "Planned", [
      lines(about),
      ...items(changes.map(({ field, from, to }) => `${field}: ${from} → ${to}`)),
      ...(live.warnings.length > 0 ? [lines([bold("Warnings")]), ...items(live.warnings)] : []),
    ]),
  ];
}

function items(texts: readonly string[]): readonly RichTextBlockElement[] {
  if (texts.length === 0) return [];
  const shown = texts.slice(0, shownItems).map((text) => [raw(clip(text, shownText))]);
  const more = texts.length - shown.length;
  return [bullets(more > 0 ? [...shown, [raw(`and ${more} more, all of them in Review`)]] : shown)];
}

function proofReply(request: Request, reply: Reply): readonly Surface[] {
  const proof = proofOf(request);
  if (!proof) return [];
  const method = authenticatorWords[proof.authenticator];
  const how =
    proof.request === request.id
      ? [raw(` proved presence for this plan with ${method}, `), moment(proof.at)]
      : [raw(` needed no new code: the ${method} proof given for ${proof.request} still counts, `), moment(proof.at)];
  return [reply("proof", `${proof.subject} proved presence`, [lines([raw(proof.subject), ...how])])];
}

function approvalReplies(request: Request, reply: Reply): readonly Surface[] {
  const wanted = quorumOf(request)?.wanted ?? 0;
  return approvalsOf(request).map(({ subject, at, proof }, i) =>
    reply(`approval-${i + 1}`, `${subject} approved (${i + 1} of ${wanted})`, [
      lines([
        bold(`Approval ${i + 1} of ${wanted}`),
        raw(` by ${subject}, ${proof ? `with ${authenticatorWords[proof.authenticator]}` : "without a code"}, `),
        moment(at),
      ]),
    ]),
  );
}

function grantReply(request: Request, reply: Reply): readonly Surface[] {
  if (!wasGranted(request)) return [];
  if (!("grant" in request)) return [reply("granted", "Granted", [lines([bold("Granted.")])])];
  const { digest, notAfter } = request.grant.grant;
  return [
    reply("granted", "Granted", [
      lines([bold("Granted"), raw(` for plan ${digest.slice(0, 12)}, to begin by `), moment(notAfter)]),
    ]),
  ];
}

function executionReplies(request: Request, reply: Reply): readonly Surface[] {
  const started =
    "intent" in request && request.intent
      ? [
          reply("started", "Started", [
            lines([
              bold("Started"),
              raw(` as ${accountsOf(request.operation).join(" and ")} by ${request.claim?.worker ?? "a worker"}, `),
              moment(request.intent.at),
            ]),
          ]),
        ]
      : [];
  const progress = "progress" in request ? request.progress : undefined;
  if (!progress) return started;
  const words = clip(progress.says, shownText);
  return [...started, { ...reply("progress", `Running: ${words}`, [lines([raw(words)])]), once: false }];
}

/** The state of one request as an answer to `status`, with the buttons in case the message with them was lost. */
export function statusBlocks(request: Request, buttons: readonly Button[], frozen?: string): readonly KnownBlock[] {
  const facts = repliesOf(request, "").flatMap(({ blocks }) => blocks);
  const [root, about] = rootOf(request, "", frozen).blocks;
  return [
    ...[root, about].filter((block) => block !== undefined),
    ...facts,
    ...(buttons.length > 0 ? [actions(...buttons)] : []),
  ];
}
