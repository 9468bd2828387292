import { isRead, type Operation } from "../operation/operation.ts";
import { couldApprove } from "../policy/approvers.ts";
import { decide } from "../policy/decide.ts";
import type { Allowed, Decision, DecisionFacts, Denied } from "../policy/policy.ts";
import type { Subject } from "../policy/subject.ts";
import type { Origin } from "./asked.ts";
import { factsNow, type Sight } from "./circumstances.ts";
import { openReviewOf, reviewOwed } from "./debt.ts";

/** What an operation would take from a person, were it asked for. */
export interface Why {
  /** What asking would be answered with. */
  readonly now: Decision;
  /** The most it can come to once the object is looked at; the same where no rule is about the object. */
  readonly most: Decision;
  /** Who could approve it as it stands now; empty where nobody could, and where nobody need. */
  readonly approvers: readonly Subject[];
}

/** What would be asked for, by whom and where. */
export interface Wondered {
  readonly subject: Subject;
  readonly operation: Operation;
  readonly origin: Origin;
  readonly breakGlass?: true;
}

/** Asks the policy alone: nothing is recorded as a request, and no cluster is asked. */
export async function why(desk: Sight, asked: Wondered): Promise<Why> {
  const { subject, operation } = asked;
  const now = await desk.store.now();
  const decided = async (plan: DecisionFacts["plan"]) =>
    decide(desk.policy.current(), await factsNow(desk, { ...asked, plan, askedAt: now, now }));
  const most = await decided("unknown");
  const decision = isRead(operation) ? most : await decided("not-yet");
  const first = (decision.allowed && asked.breakGlass ? await owing(desk, subject, decision) : undefined) ?? decision;
  const people = await desk.directory.people();
  return {
    now: first,
    most,
    approvers: first.allowed ? couldApprove(first.requirements, subject.sub, people) : [],
  };
}

/** The no to one who owes a review, as a decision; undefined where they owe none. */
async function owing(desk: Sight, { sub }: Subject, { policy }: Allowed): Promise<Denied | undefined> {
  const owed = await openReviewOf(desk, sub);
  if (owed === undefined) return undefined;
  const { says, remedy = "" } = reviewOwed(owed);
  return { allowed: false, rule: "review owed", says, remedy, policy };
}
