import type { Response } from "../challenge/challenge.ts";
import { type Refusal, refuse } from "../operation/refusal.ts";
import type { Subject } from "../policy/subject.ts";
import type { Desk } from "./desk.ts";
import type { Wish } from "./move.ts";
import { scopeOf } from "./proof-scope.ts";
import { type AwaitingChallenge, inWords, type Request } from "./request.ts";
import { type Standing, standingWithoutProof } from "./standing.ts";
import { takeProof } from "./take-proof.ts";

/** Whether this person may prove that they meant the request as it stands, and by what. */
export async function proverStanding(desk: Desk, request: Request, subject: Subject): Promise<Standing> {
  const refusal = refuseProver(request, subject);
  if (refusal) return { may: false, refusal };
  const { decision } = request as AwaitingChallenge;
  return standingWithoutProof(desk, subject.sub, decision.requirements.stepUp ?? {});
}

/** The requester answers their challenge. The code is claimed in the same act that moves the request on. */
export async function prove(desk: Desk, id: string, subject: Subject, response: Response): Promise<Request | Refusal> {
  let refusal: Refusal | undefined;
  const moved = await desk.mover.move(id, async ({ request, now }): Promise<Wish> => {
    const no = refuseProver(request, subject);
    if (no || request.state !== "awaiting-challenge") return no;
    // The failure was judged before and lost a race: it still counts.
    if (refusal) return { event: { type: "proof-failed", subject: subject.sub } };
    const taken = await takeProof(desk, request.challenge, response, {
      request: id,
      now,
      stepUp: request.decision.requirements.stepUp ?? {},
      scope: scopeOf(request.decision.tier, request.plan),
    });
    if ("proof" in taken)
      return {
        event: { type: "proved", proof: taken.proof },
        along: { claim: taken.claim, remember: taken.proof, notAfter: request.challenge.expiresAt },
      };
    if (!taken.costs) return taken.refusal;
    refusal = taken.refusal;
    return { event: { type: "proof-failed", subject: subject.sub } };
  });
  return refusal ?? moved;
}

function refuseProver(request: Request, subject: Subject): Refusal | undefined {
  if (request.requester !== subject.sub)
    return refuse("not-yours", "Only the person who asked can prove that they meant it.", "Approvers use Review.");
  if (request.state !== "awaiting-challenge")
    return refuse("not-in-this-state", `The request is ${inWords(request.state)}; no proof is asked for now.`);
  return undefined;
}
