import { canIUsage } from "../../operation/can-i.ts";
import { catalogue, spoken as commandOf } from "../../operation/catalogue.ts";
import { freezingUsage } from "../../operation/freezing.ts";
import { headlineOf } from "../../operation/headline.ts";
import { isRead } from "../../operation/operation.ts";
import { breakGlassUsage, type Command, parse, whyUsage } from "../../operation/parse.ts";
import { isRefusal, refuse } from "../../operation/refusal.ts";
import { type Runbook, runbookUsage } from "../../operation/runbook.ts";
import type { Subject } from "../../policy/subject.ts";
import type { Origin } from "../../request/asked.ts";
import { isOver, type Request } from "../../request/request.ts";
import { owesReview } from "../../request/review.ts";
import type { Arrival } from "./arrival.ts";
import { bold, bullets, button, code, lines, raw, richText } from "./blocks.ts";
import { freeze, freezes, openUnfreeze } from "./braking.ts";
import { buttonsFor } from "./buttons.ts";
import { canIReply } from "./can-i.ts";
import { clip } from "./escape.ts";
import { type Front, identify, recordRefusal } from "./front.ts";
import { frozenLine } from "./frozen.ts";
import { heldUpOf } from "./known.ts";
import { linkReply } from "./linking.ts";
import { refusalReply } from "./refusal-reply.ts";
import { reviews } from "./reviewing.ts";
import { statusBlocks } from "./thread.ts";
import { typedText } from "./typed.ts";
import { type Reply, reply } from "./whisper.ts";
import { whyReply } from "./why.ts";
import { stateWords } from "./words.ts";

/** Does what was typed after the slash command, and says to the person alone what came of it. */
export async function answerCommand(front: Front, arrival: Arrival, text: string): Promise<Reply> {
  const subject = await identify(front, arrival);
  if (isRefusal(subject) && subject.refused !== "not-linked") return refusalReply(subject);
  const command = parse(typedText(text), { ...front.settings, runbooks: front.ports.lifecycle.runbooks() });
  const links = !isRefusal(command) && command.kind === "link";
  if (isRefusal(subject)) return links ? linkReply(front, arrival) : refusalReply(subject);
  if (!isRefusal(command)) return carryOut(front, arrival, subject, command);
  // Slack has stored the secret already; that it was typed must be found again.
  if (command.refused === "secret-in-text") await recordRefusal(front, subject, command);
  return refusalReply(command);
}

async function carryOut(front: Front, arrival: Arrival, subject: Subject, command: Command): Promise<Reply> {
  switch (command.kind) {
    case "help":
      return help(front.settings.command, command.topic, front.ports.lifecycle.runbooks());
    case "mine":
      return mine(front, subject);
    case "link":
      return linkReply(front, arrival, subject);
    case "freezes":
      return freezes(front);
    case "reviews":
      return reviews(front);
    case "freeze":
      return freeze(front, subject, command);
    case "unfreeze":
      return openUnfreeze(front, arrival, subject, command);
    case "can-i":
      return canIReply(front, subject, command.question, originOf(arrival));
    case "why":
      return whyReply(front, subject, command, originOf(arrival));
    case "status":
      return status(front, subject, command.id);
    case "cancel": {
      const cancelled = await front.ports.lifecycle.cancel(command.id, subject, command.reason);
      return isRefusal(cancelled) ? refusalReply(cancelled) : reply(`Request \`${cancelled.id}\` is cancelled.`);
    }
    case "revoke": {
      const revoked = await front.ports.lifecycle.revoke(command.id, subject, command.reason);
      return isRefusal(revoked) ? refusalReply(revoked) : reply(`The elevation \`${revoked.id}\` is being ended.`);
    }
    case "operate": {
      const { operation, reason, breakGlass } = command;
      const glass = breakGlass ? { breakGlass } : {};
      const asked = await front.ports.lifecycle.ask({
        ...{ subject, origin: originOf(arrival), operation, reason },
        ...glass,
      });
      if (isRefusal(asked)) return refusalReply(asked);
      return askedReply(asked, front.settings.command, frozenLine(asked, await front.ports.brake.standing()));
    }
  }
}

function originOf({ team, user, channel = "" }: Arrival): Origin {
  return { team, user, channel };
}

function askedReply(asked: Request, slash: string, frozen: string | undefined): Reply {
  const { id, operation } = asked;
  const heldUp = heldUpOf(asked);
  if (heldUp)
    return reply(
      `${headlineOf(operation)}: recorded as \`${id}\`, and it must wait: ${heldUp.why}.`,
      `It is tried again by itself until it lapses; \`${slash} status ${id}\` says how it goes.`,
    );
  if (isRead(operation))
    return reply(`\`${commandOf(operation)}\` is being read (\`${id}\`); only you see the answer.`);
  return reply(
    `${headlineOf(operation)}: recorded as \`${id}\`.`,
    ...(frozen === undefined ? [] : [frozen]),
    `Its thread says what comes next; so does \`${slash} status ${id}\`.`,
  );
}

function help(slash: string, topic: string | undefined, runbooks: readonly Runbook[]): Reply {
  const entries = Object.values(catalogue).map(({ usage, summary }) => ({ usage, summary }));
  const commands = [
    ...entries,
    ...runbooks.map((runbook) => ({ usage: runbookUsage(runbook), summary: runbook.summary })),
    { usage: canIUsage, summary: "what you may ask for, and what it takes" },
    { usage: whyUsage, summary: "what a command would take from you, and who could approve it" },
    {
      usage: breakGlassUsage,
      summary: "run it without anybody's approval, where the policy lets you, and have it reviewed",
    },
    { usage: "reviews", summary: "whose reviews are open after they broke the glass" },
    { usage: "status ID", summary: "where a request stands" },
    { usage: "mine", summary: "your requests, open ones first" },
    { usage: "cancel ID -- REASON", summary: "take a request back" },
    { usage: "revoke ID -- REASON", summary: "end an elevation early" },
    { usage: freezingUsage.freeze, summary: "stop everything new, on one cluster or on all" },
    { usage: freezingUsage.unfreeze, summary: "let it go on; it takes two people" },
    { usage: "freezes", summary: "what is frozen, by whom and why" },
    { usage: "link", summary: "link your Slack account to who you are at the identity provider" },
    { usage: "help [COMMAND]", summary: "this list" },
  ];
  const found = commands.filter(({ usage }) => topic === undefined || usage.startsWith(topic.toLowerCase()));
  const shown = found.length > 0 ? found : commands;
  const answer = reply(...shown.map(({ usage, summary }) => `\`${slash} ${usage}\` ${summary}`));
  return {
    text: answer.text,
    blocks: [
      richText(
        lines([bold("What you can ask for")]),
        bullets(shown.map(({ usage, summary }) => [code(`${slash} ${usage}`), raw(` ${summary}`)])),
        lines([raw("The cluster is chosen with -c CLUSTER. The reason stands in the audit trail.")]),
      ),
    ],
  };
}

async function status({ ports }: Front, subject: Subject, id: string): Promise<Reply> {
  const stored = await ports.store.read(id);
  const request = stored?.request;
  // What somebody reads is between them and the cluster; its very existence is not told to others.
  if (!request || (isRead(request.operation) && request.requester !== subject.sub))
    return refusalReply(refuse("no-such-request", `There is no request \`${id}\`.`, "`mine` lists yours."));
  const review = request.state === "awaiting-approval" ? [button("review", "Review", id)] : [];
  const anybody =
    request.requester === subject.sub || ["unknown", "succeeded"].includes(request.state) || owesReview(request);
  const buttons = anybody ? buttonsFor(request) : review;
  return {
    ...reply(`${headlineOf(request.operation)}: ${stateWords(request)}`),
    blocks: statusBlocks(request, buttons, frozenLine(request, await ports.brake.standing())),
  };
}

const listed = 10;
/** A list is for finding; `status` says all of it. */
const listedText = 120;

async function mine({ ports }: Front, subject: Subject): Promise<Reply> {
  const ids = await ports.store.of(subject.sub, 3 * listed);
  const read = await Promise.all(ids.map((id) => ports.store.read(id)));
  const requests = read.flatMap((stored) => (stored ? [stored.request] : []));
  const ordered = [...requests.filter((one) => !isOver(one)), ...requests.filter(isOver)].slice(0, listed);
  if (ordered.length === 0) return reply("You have asked for nothing yet. `help` lists what there is.");
  const rows = ordered.map((one) => [
    code(one.id),
    raw(` ${headlineOf(one.operation)}: `),
    raw(clip(stateWords(one), listedText)),
  ]);
  return { ...reply(`Your last ${ordered.length} requests.`), blocks: [richText(bullets(rows))] };
}
