import type { Response } from "../challenge/challenge.ts";
import type { OperationKind } from "../operation/operation.ts";
import { isRefusal, type Refusal } from "../operation/refusal.ts";
import type { Runbook } from "../operation/runbook.ts";
import type { Subject } from "../policy/subject.ts";
import { advance, lapse } from "./advance.ts";
import { approve, cancel, deny, standing } from "./approve.ts";
import { type Asking, ask } from "./ask.ts";
import type { Origin } from "./asked.ts";
import { circumstancesOf } from "./circumstances.ts";
import { closeReview, type Reviewing, reviewerStanding } from "./close-review.ts";
import { decline, disown } from "./decline.ts";
import type { Desk } from "./desk.ts";
import { mayAsk, type Place, type Prospect } from "./may-ask.ts";
import { prove, proverStanding } from "./prove.ts";
import type { Request, Settlement } from "./request.ts";
import { revoke } from "./revoke.ts";
import { lookAgain, type Settling, settle, settlerStanding } from "./settle.ts";
import type { Standing } from "./standing.ts";
import { askUndo, undoStanding } from "./undo.ts";
import type { UndoOffer } from "./undo-offer.ts";
import { type Why, type Wondered, why } from "./why.ts";

/**
 * Everything people and the clock may do to requests on the web side; every door leads through here. A yes is answered
 * with the request as it is after the web side's own turn, which may have followed.
 */
export interface Lifecycle {
  ask(asking: Asking): Promise<Request | Refusal>;
  /** What the policy says of this person and that kind of operation, asked there in Slack; nothing is recorded. */
  mayAsk(subject: Subject, operation: OperationKind, place: Place, origin: Origin): Promise<Prospect>;
  /** What an operation would take from this person, and who could approve it; nothing is asked for by asking. */
  why(asked: Wondered): Promise<Why>;
  /** Those that can be asked for now. */
  runbooks(): readonly Runbook[];
  /** Whether this person may prove that they meant the request, and by what. */
  proverStanding(request: Request, subject: Subject): Promise<Standing>;
  prove(id: string, subject: Subject, response: Response): Promise<Request | Refusal>;
  /** Whether this person may approve the request, and by what they can prove presence for it. */
  standing(request: Request, subject: Subject, now: number): Promise<Standing>;
  approve(id: string, subject: Subject, response: Response | undefined): Promise<Request | Refusal>;
  deny(id: string, subject: Subject, why: string): Promise<Request | Refusal>;
  cancel(id: string, subject: Subject, why: string): Promise<Request | Refusal>;
  /** Of what they were pushed, this subject said no on their device, or that it was none of their doing. */
  decline(id: string, subject: string): Promise<Request | Refusal>;
  disown(id: string, subject: string): Promise<Request | Refusal>;
  /** Whether this person may say what came of a request of which nobody can tell. */
  settlerStanding(
    request: Request,
    subject: Subject,
    about: { readonly as: Settlement["as"]; readonly now: number },
  ): Promise<Standing>;
  settle(id: string, subject: Subject, settling: Settling): Promise<Request | Refusal>;
  /** Whether this person may close the review of a request that broke the glass. */
  reviewerStanding(request: Request, subject: Subject): Promise<Standing>;
  closeReview(id: string, subject: Subject, reviewing: Reviewing): Promise<Request | Refusal>;
  lookAgain(id: string, subject: Subject): Promise<Request | Refusal>;
  /** What this person would ask for to take a change back, or why they may not. */
  undoStanding(request: Request, subject: Subject, now: number): UndoOffer | Refusal;
  /** Asks for it, as a new request; answers that one. */
  undo(id: string, asking: Omit<Asking, "operation">): Promise<Request | Refusal>;
  /** Ends an elevation before its time. */
  revoke(id: string, subject: Subject, why: string): Promise<Request | Refusal>;
  /** Does what is the web side's turn; any number of processes may call it at once. */
  advance(id: string): Promise<void>;
  /** Lets a request lapse whose time is over. */
  lapse(id: string): Promise<void>;
}

export function createLifecycle(desk: Desk): Lifecycle {
  /** A person's step may have made it the web side's turn; doing it now saves the way through the queue. */
  const then = async (id: string, answer: Request | Refusal): Promise<Request | Refusal> => {
    await advance(desk, id);
    return isRefusal(answer) ? answer : ((await desk.store.read(id))?.request ?? answer);
  };
  return {
    async ask(asking) {
      const asked = await ask(desk, asking);
      return isRefusal(asked) ? asked : then(asked.id, asked);
    },
    async mayAsk(subject, operation, place, origin) {
      const now = await desk.store.now();
      const namespaces = place.namespace === undefined ? [] : [place.namespace];
      const asked = { subject, cluster: place.cluster, namespaces, origin, askedAt: now, now };
      return mayAsk(desk, subject, operation, place, await circumstancesOf(desk, asked));
    },
    why: (asked) => why(desk, asked),
    runbooks: () => desk.policy.current().runbooks ?? [],
    proverStanding: (request, subject) => proverStanding(desk, request, subject),
    prove: async (id, subject, response) => then(id, await prove(desk, id, subject, response)),
    standing: (request, subject, now) => standing(desk, request, subject, now),
    approve: async (id, subject, response) => then(id, await approve(desk, id, subject, response)),
    deny: (id, subject, why) => deny(desk, id, subject, why),
    cancel: (id, subject, why) => cancel(desk, id, subject, why),
    decline: (id, subject) => decline(desk, id, subject),
    disown: (id, subject) => disown(desk, id, subject),
    settlerStanding: (request, subject, about) => settlerStanding(desk, request, subject, about),
    reviewerStanding: (request, subject) => reviewerStanding(desk, request, subject),
    closeReview: (id, subject, reviewing) => closeReview(desk, id, subject, reviewing),
    settle: (id, subject, settling) => settle(desk, id, subject, settling),
    undoStanding: (request, subject, now) => undoStanding(desk, request, subject, now),
    async undo(id, asking) {
      const asked = await askUndo(desk, id, asking);
      return isRefusal(asked) ? asked : then(asked.id, asked);
    },
    revoke: (id, subject, why) => revoke(desk, id, subject, why),
    lookAgain: (id, subject) => lookAgain(desk, id, subject),
    advance: (id) => advance(desk, id),
    lapse: (id) => lapse(desk, id),
  };
}
