import { canonical, sha256 } from "../audit/canonical.ts";
import { type Challenge, type Response, triesPerChallenge } from "../challenge/challenge.ts";
import { isRefusal, type Refusal, refuse } from "../operation/refusal.ts";
import { countingGroups } from "../policy/approvers.ts";
import { decide } from "../policy/decide.ts";
import type { ApprovalRule, StepUp } from "../policy/policy.ts";
import { stagesOf } from "../policy/stages.ts";
import type { Subject } from "../policy/subject.ts";
import { presenceMs } from "./absence.ts";
import { isAsGranted } from "./as-granted.ts";
import type { Desk } from "./desk.ts";
import { factsOf } from "./facts.ts";
import { freshProof } from "./fresh-proof.ts";
import type { Along, Wish } from "./move.ts";
import { inWords, mostLooks, type Request, type Settlement, settlementStatement, type Unknown } from "./request.ts";
import { type Standing, standingWithoutProof } from "./standing.ts";
import { takeProof } from "./take-proof.ts";
import { openLook } from "./unknown.ts";

/** What a person says of a request of which nobody can tell what came of it. */
export interface Settling {
  readonly as: Settlement["as"];
  readonly why: string;
  /** Where one is needed. */
  readonly response?: Response | undefined;
}

/** Whether this person may say what came of the request, and by what they can prove presence for it. */
export async function settlerStanding(
  desk: Desk,
  request: Request,
  subject: Subject,
  { as, now }: { readonly as: Settlement["as"]; readonly now: number },
): Promise<Standing> {
  const may = settlerOf(desk, request, subject, now);
  if (isRefusal(may)) return { may: false, refusal: may };
  const digest = digestOfSettling(may.request, as);
  const proof = await freshProof(desk, { subject: subject.sub, digest, stepUp: may.stepUp, now });
  return proof === "needed" ? standingWithoutProof(desk, subject.sub, may.stepUp ?? {}) : { may: true, ways: [] };
}

/**
 * A person says that it ran, or that it did not. It changes the record alone, but auditors read the record, and a Slack
 * session proves nothing: it takes the proof that an approval of this tier takes, bound to this very sentence.
 */
export async function settle(
  desk: Desk,
  id: string,
  subject: Subject,
  { as, why, response }: Settling,
): Promise<Request | Refusal> {
  let refusal: Refusal | undefined;
  const moved = await desk.mover.move(id, async ({ request: stored, now }): Promise<Wish> => {
    // The failure was judged before and lost a race: it still counts.
    if (refusal) return { event: { type: "proof-failed", subject: subject.sub } };
    const may = settlerOf(desk, stored, subject, now);
    if (isRefusal(may)) return may;
    if (why.trim() === "") return refuse("bad-arguments", "This needs a reason.", "Say in a few words how you know.");
    const { request, stepUp } = may;
    const digest = digestOfSettling(request, as);
    const said = { as, subject: subject.sub, at: now, why };
    const known = await freshProof(desk, { subject: subject.sub, digest, stepUp, now });
    if (known !== "needed") return settled(desk, request, known ? { ...said, proof: known } : said);
    if (response === undefined) return refuse("proof-needed", "This needs proof of your presence.");
    const challenge = challengeOf(request, subject, digest, now);
    const taken = await takeProof(desk, challenge, response, { request: id, now, stepUp: stepUp ?? {} });
    if ("proof" in taken)
      return settled(desk, request, { ...said, proof: taken.proof }, { claim: taken.claim, remember: taken.proof });
    if (!taken.costs) return taken.refusal;
    refusal = taken.refusal;
    return { event: { type: "proof-failed", subject: subject.sub } };
  });
  return refusal ?? moved;
}

/** Asks a worker to look once more. The requester may ask too: a look says what the cluster shows, whoever asked. */
export async function lookAgain(desk: Desk, id: string, subject: Subject): Promise<Request | Refusal> {
  return desk.mover.move(id, async ({ request, now }): Promise<Wish> => {
    const may = settlerOf(desk, request, subject, now);
    if (request.state !== "unknown" || (isRefusal(may) && may.refused !== "own-request")) return may as Refusal;
    if (openLook(request) !== undefined)
      return refuse("not-in-this-state", "It is being looked at already.", "The thread says what is seen.");
    if ((request.looks ?? []).length >= mostLooks)
      return refuse(
        "not-in-this-state",
        `It was looked at ${mostLooks} times already.`,
        "Look at the object yourself, and say what came of it.",
      );
    const { cluster } = request.operation;
    if (!(await desk.presence.served(cluster)))
      return refuse(
        "not-in-this-state",
        `No worker for the cluster ${cluster} has been seen for ${presenceMs / 1000} seconds.`,
        "Look again once there is one.",
      );
    return { event: { type: "look-again", subject: subject.sub } };
  });
}

/**
 * Who may say what came of it: whoever may approve in its tier, and where that asks for no approval, whoever else may
 * ask for the same. Never the requester. Out of the record only what we signed is believed.
 */
function settlerOf(
  { attestor, policy: source }: Desk,
  request: Request,
  subject: Subject,
  now: number,
): Refusal | { readonly request: Unknown; readonly stepUp: StepUp | undefined } {
  if (request.state !== "unknown")
    return refuse("not-in-this-state", `The request is ${inWords(request.state)}; there is nothing to settle.`);
  const { grant } = request.grant;
  if (!isAsGranted({ attestor }, request))
    return refuse(
      "grant-does-not-hold",
      "The record of this request is not what Countersign granted, so nobody can settle it.",
      "The audit trail says what was granted.",
    );
  const policy = source.current();
  const tier = policy.tiers.find(({ name }) => name === grant.tier);
  if (!tier)
    return refuse(
      "forbidden",
      `The policy has no tier ${grant.tier} any more, so nobody can settle this.`,
      "The policy's owners can bring it back.",
    );
  const { stepUp, breakGlass } = tier.requirements;
  // Where there are several stages, the last: those who had the last word before. Of break-glass, those who will have it.
  const approvals: Pick<ApprovalRule, "from" | "stepUp"> | undefined =
    stagesOf(tier.requirements).at(-1) ?? (breakGlass && { from: breakGlass.from, ...(stepUp ? { stepUp } : {}) });
  const who = approvals ? `somebody of ${approvals.from.join(" or ")}` : "somebody else who may ask for it";
  if (subject.sub === request.requester || subject.sub === grant.requester)
    return refuse("own-request", "Nobody settles what became of their own request.", `It takes ${who}.`);
  if (approvals)
    return countingGroups(approvals, subject).length > 0
      ? { request, stepUp: approvals.stepUp }
      : refuse("not-an-approver", "You are in none of the groups that may settle this.", `It takes ${who}.`);
  const decision = decide(policy, factsOf(request.operation, subject, request.plan.facts, { now }));
  return decision.allowed ? { request, stepUp } : refuse("not-permitted", decision.says, `It takes ${who}.`);
}

function settled(desk: Desk, request: Unknown, said: Omit<Settlement, "signature">, along: Along = {}): Wish {
  const signature = desk.attestor.attest(settlementStatement(request, said));
  return { event: { type: "settled", settlement: { ...said, signature } }, along };
}

/** What a proof is bound to here: that it ran is another sentence than that it did not, or than an approval. */
export function digestOfSettling({ id, digest }: Pick<Unknown, "id" | "digest">, as: Settlement["as"]): string {
  return sha256(canonical({ v: "countersign.settling.v1", request: id, digest, as }));
}

const challengeMs = 60_000;

function challengeOf({ wrongCodes = {} }: Unknown, { sub }: Subject, digest: string, now: number): Challenge {
  return { digest, subject: sub, expiresAt: now + challengeMs, triesLeft: triesPerChallenge - (wrongCodes[sub] ?? 0) };
}
