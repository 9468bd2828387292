import type { KnownBlock, ModalView } from "@slack/types";
import { spoken as commandOf } from "../../operation/catalogue.ts";
import { headlineOf } from "../../operation/headline.ts";
import type { Operation } from "../../operation/operation.ts";
import { reasonLength } from "../../operation/parse.ts";
import type { Refusal } from "../../operation/refusal.ts";
import type { AuthenticatorName } from "../../policy/authenticator.ts";
import type { Request, Settlement } from "../../request/request.ts";
import type { Standing } from "../../request/standing.ts";
import {
  actions,
  bold,
  button,
  limits,
  lines,
  plainText,
  preformatted,
  raw,
  richText,
  spoken,
  whyInput,
} from "./blocks.ts";
import { glassLines } from "./glass.ts";
import { type Metadata, writeMetadata } from "./metadata.ts";
import { planSheet } from "./plan-sheet.ts";
import { askProof, type Doors } from "./ways.ts";
import { refusalWords, stateWords } from "./words.ts";

/** The forms there are; each has exactly one listener. */
export type FormId = "prove" | "approve" | "deny" | Settlement["as"] | "undo" | "unfreeze";

/** The requester sees the whole plan, and then how they can prove that they mean it. */
export function proveModal(request: Request, standing: Standing, doors: Doors = {}): ModalView {
  if (!standing.may) return reading("Prove presence", [whyNot(request, standing.refusal)]);
  const { blocks, whole } = planSheet(request);
  if (!whole) return reading("Prove presence", blocks);
  const asked = askProof(standing.ways, doors, "Code of your authenticator");
  const submit = asked.typed ? "Prove presence" : undefined;
  return form("prove", request.id, "Prove presence", submit, [...blocks, ...asked.blocks], doors);
}

/**
 * The approver sees the whole plan, and only then a way to say yes; who may not is told why first. Saying no is a
 * button, for it needs a reason and no proof.
 */
export function reviewModal(request: Request, standing: Standing, doors: Doors = {}): ModalView {
  const { blocks, whole } = planSheet(request);
  const deny = actions(button("deny", "Deny…", request.id, { style: "danger" }));
  if (!standing.may) {
    const why = whyNot(request, standing.refusal);
    if (standing.refusal.refused !== "not-enrolled") return reading("Review", [why, ...blocks]);
    return form("approve", request.id, "Review", undefined, [why, ...blocks, deny]);
  }
  if (!whole) return form("approve", request.id, "Review", undefined, [...blocks, deny]);
  const asked = askProof(standing.ways, doors, "To approve: the code of your authenticator");
  const sent = asked.typed || standing.ways.length === 0;
  const shown = [...blocks, deny, ...asked.blocks];
  return form("approve", request.id, "Review", sent ? "Approve" : undefined, shown, doors);
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

/** Who may say what came of it sees what is known, and gives a reason and, where one is asked for, a proof. */
export function settleModal(
  request: Request,
  as: Settlement["as"],
  ways: readonly AuthenticatorName[],
  doors: Doors = {},
): ModalView {
  const ran = as === "ran";
  const asked = askProof(ways, doors, "The code of your authenticator");
  const sent = asked.typed || ways.length === 0;
  const shown = [
    richText(
      lines([bold(headlineOf(request.operation))], [raw(stateWords(request))], ...(lastSeen(request) ?? []), [
        raw(
          `You say that it ${ran ? "ran" : "did not run"}. Nothing is changed in the cluster, and this ends the request.`,
        ),
      ]),
    ),
    ...(sent ? [whyInput("How do you know?", reasonLength)] : []),
    ...asked.blocks,
  ];
  return form(as, request.id, ran ? "It ran" : "It did not run", sent ? "Say so" : undefined, shown, doors);
}

function lastSeen(request: Request) {
  const found = "looks" in request ? request.looks?.findLast((look) => look.found)?.found : undefined;
  return found && [[bold("Looked again: "), raw(found.says)]];
}

/**
 * Who may close a review sees the whole plan and what came of it, and a way to the page that takes their word. Nothing is
 * sent from here: its proof is always one that names this very review.
 */
export function reviewedModal(request: Request, ways: readonly AuthenticatorName[], doors: Doors): ModalView {
  const { blocks } = planSheet(request);
  const asked = askProof(ways, doors, "");
  const says =
    "You say that you have reviewed this. It ends what the requester owes, and nothing is changed in the cluster.";
  return reading("Reviewed", [
    richText(lines([bold(stateWords(request))], ...glassLines(request))),
    ...blocks,
    richText(lines([raw(says)])),
    ...asked.blocks,
  ]);
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

/** Where the request stands, and why this person can do nothing about it. */
/** Those that a proof is given with. */
export type ProofForm = Extract<FormId, "prove" | "approve" | Settlement["as"]>;

/** In the place of a form without a field, whose push is not answered yet: it is sent again, with nothing more to type. */
export function notYetModal(form_: ProofForm, { request, started }: Metadata, refusal: Refusal): ModalView {
  const again = "To see the number again, open the first form and press the same button: no second push is sent.";
  const said = richText(lines(spoken(refusalWords(refusal)), [raw(again)]));
  return form(form_, request, "Not yet", "I have answered", [said], started ? { pushed: started } : {});
}

function whyNot(request: Request, refusal: Refusal) {
  return richText(lines([bold(stateWords(request))], spoken(refusalWords(refusal))));
}

/** Without `submit` it is not sent: all that can be done stands behind its buttons. */
export function form(
  callback: FormId,
  request: string,
  title: string,
  submit: string | undefined,
  blocks: readonly KnownBlock[],
  { pushed }: Doors = {},
): ModalView {
  return {
    ...reading(title, blocks),
    callback_id: callback,
    private_metadata: writeMetadata({ request, ...(pushed ? { started: pushed } : {}) }),
    ...(submit === undefined
      ? {}
      : { submit: plainText(submit, limits.viewTitle), close: plainText("Not now", limits.viewTitle) }),
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
