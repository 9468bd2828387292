import type { KnownBlock, ModalView } from "@slack/types";
import { spoken as commandOf } from "../../operation/catalogue.ts";
import type { Operation } from "../../operation/operation.ts";
import { reasonLength } from "../../operation/parse.ts";
import type { Refusal } from "../../operation/refusal.ts";
import type { ApproverStanding } from "../../request/approve.ts";
import type { Request, Settlement } from "../../request/request.ts";
import {
  actions,
  bold,
  button,
  codeInput,
  limits,
  lines,
  plainText,
  preformatted,
  raw,
  richText,
  spoken,
  whyInput,
} from "./blocks.ts";
import { planSheet } from "./plan-sheet.ts";
import { headlineOf, refusalWords, stateWords } from "./words.ts";

/** The forms there are; each has exactly one listener. */
export type FormId = "prove" | "approve" | "deny" | Settlement["as"] | "undo";

/** The requester sees the whole plan and types the code of their authenticator. */
export function proveModal(request: Request): ModalView {
  const { blocks, whole } = planSheet(request);
  if (!whole) return reading("Enter code", blocks);
  return form("prove", request.id, "Enter code", "Prove presence", [
    ...blocks,
    codeInput("Code of your authenticator"),
  ]);
}

/**
 * The approver sees the whole plan, and only then a way to say yes; who may not is told why first. Saying no is a
 * button, for it needs a reason and no code.
 */
export function reviewModal(request: Request, standing: ApproverStanding): ModalView {
  const { blocks, whole } = planSheet(request);
  if (!standing.may)
    return reading("Review", [
      richText(lines([bold(stateWords(request))], spoken(refusalWords(standing.refusal)))),
      ...blocks,
    ]);
  const deny = actions(button("deny", "Deny…", request.id, { style: "danger" }));
  if (!whole) return { ...reading("Review", [...blocks, deny]), private_metadata: request.id };
  return form("approve", request.id, "Review", "Approve", [
    ...blocks,
    deny,
    ...(standing.codeNeeded ? [codeInput("To approve: the code of your authenticator")] : []),
  ]);
}

export function denyModal(request: Request): ModalView {
  return form("deny", request.id, "Deny", "Deny", [
    richText(
      lines(
        [bold(headlineOf(request.operation))],
        [raw("Nothing will be changed. Everybody in the thread sees your reason.")],
      ),
    ),
    whyInput("Why not?", reasonLength),
  ]);
}

/** Who may say what came of it sees what is known, and gives a reason; a code stands for their presence. */
export function settleModal(request: Request, as: Settlement["as"], codeNeeded: boolean): ModalView {
  const ran = as === "ran";
  return form(as, request.id, ran ? "It ran" : "It did not run", "Say so", [
    richText(
      lines([bold(headlineOf(request.operation))], [raw(stateWords(request))], ...(lastSeen(request) ?? []), [
        raw(
          `You say that it ${ran ? "ran" : "did not run"}. Nothing is changed in the cluster, and this ends the request.`,
        ),
      ]),
    ),
    whyInput("How do you know?", reasonLength),
    ...(codeNeeded ? [codeInput("The code of your authenticator")] : []),
  ]);
}

function lastSeen(request: Request) {
  const found = "looks" in request ? request.looks?.findLast((look) => look.found)?.found : undefined;
  return found && [[bold("Looked again: "), raw(found.says)]];
}

/** What would be asked for to take a change back. It is a request like any other, and this asks only for its reason. */
export function undoModal(request: Request, operation: Operation): ModalView {
  return form("undo", request.id, "Undo", "Ask for it", [
    richText(
      lines([bold(headlineOf(operation))], [raw(`This asks for a new request, which takes back ${request.id}:`)]),
      preformatted(commandOf(operation)),
      lines([raw("It is planned on the object as it is by then, and takes what the policy asks for.")]),
    ),
    whyInput("Reason", reasonLength, `undo of ${request.id}`),
  ]);
}

/** A form after it did its work: what became of it, and nothing left to fill in. */
export function doneModal(says: string, request: Request): ModalView {
  return reading("Done", [
    richText(lines([bold(says)], [raw(`${headlineOf(request.operation)}: ${stateWords(request)}`)])),
  ]);
}

/** A no, with what would satisfy it. */
export function refusalModal(refusal: Refusal): ModalView {
  return noticeModal(refusalWords(refusal));
}

export function noticeModal(says: string): ModalView {
  return reading("Countersign", [richText(lines(spoken(says)))]);
}

function form(
  callback: FormId,
  request: string,
  title: string,
  submit: string,
  blocks: readonly KnownBlock[],
): ModalView {
  return {
    ...reading(title, blocks),
    callback_id: callback,
    // An opaque id and nothing else: it is neither secret nor signed.
    private_metadata: request,
    submit: plainText(submit, limits.viewTitle),
    close: plainText("Not now", limits.viewTitle),
  };
}

function reading(title: string, blocks: readonly KnownBlock[]): ModalView {
  return {
    type: "modal",
    title: plainText(title, limits.viewTitle),
    close: plainText("Close", limits.viewTitle),
    blocks: blocks.slice(0, limits.viewBlocks),
  };
}
