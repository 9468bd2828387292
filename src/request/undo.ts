import { spoken } from "../operation/catalogue.ts";
import { isRefusal, type Refusal, refuse } from "../operation/refusal.ts";
import { decide } from "../policy/decide.ts";
import type { Subject } from "../policy/subject.ts";
import { isAsGranted } from "./as-granted.ts";
import { type Asking, ask } from "./ask.ts";
import type { Desk } from "./desk.ts";
import { factsOf } from "./facts.ts";
import type { Request } from "./request.ts";
import { type UndoOffer, undoOffer } from "./undo-offer.ts";

/** What this person would ask for by the button, or why they may not. */
export function undoStanding(desk: Desk, request: Request, subject: Subject, now: number): UndoOffer | Refusal {
  const offer = undoOffer(request);
  if (!offer || request.state !== "succeeded" || now > offer.until)
    return refuse(
      "not-in-this-state",
      "This cannot be undone by a button, or not any more.",
      offer ? `Type \`${spoken(offer.operation)} -- REASON\`.` : "The thread says what became of it.",
    );
  if (!isAsGranted(desk, request))
    return refuse(
      "grant-does-not-hold",
      "The record of this request is not what Countersign granted, so what would undo it is not known.",
      "The audit trail says what was granted.",
    );
  const decision = decide(desk.policy.current(), factsOf(offer.operation, subject, "not-yet", { now }));
  if (decision.allowed) return offer;
  const code = decision.rule === "no permit" ? "not-permitted" : "forbidden";
  return refuse(code, decision.says, decision.remedy);
}

/**
 * Asks for what takes this change back: a new request, decided, planned, proved and approved like any other. Then it is
 * not offered again. A crash in between leaves the offer standing, and the new request in plain sight.
 */
export async function askUndo(desk: Desk, id: string, asking: Omit<Asking, "operation">): Promise<Request | Refusal> {
  const stored = await desk.store.read(id);
  if (!stored) return refuse("no-such-request", `There is no request ${id}.`, "`mine` lists yours.");
  const offer = undoStanding(desk, stored.request, asking.subject, stored.now);
  if (isRefusal(offer)) return offer;
  const asked = await ask(desk, { ...asking, operation: offer.operation });
  if (isRefusal(asked)) return asked;
  await desk.mover.move(id, ({ request }) =>
    undoOffer(request) ? { event: { type: "undo-asked", subject: asking.subject.sub, request: asked.id } } : undefined,
  );
  return asked;
}
