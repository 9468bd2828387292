import { couldApprove } from "../policy/approvers.ts";
import type { Subject } from "../policy/subject.ts";
import type { Desk } from "./desk.ts";
import type { On } from "./event.ts";
import { type NextCall, stageOf } from "./next-call.ts";
import type { AwaitingApproval } from "./request.ts";
import { type Call, mostCalled } from "./waiting.ts";

/** The call as an event: who can approve now is reminded, and whom the policy names is told. */
export async function callOf(
  { directory }: Pick<Desk, "directory">,
  request: AwaitingApproval,
  { type }: NextCall,
): Promise<On<"reminded" | "escalated">> {
  const people = await directory.people();
  const { requirements } = request.decision;
  const approvedBy = request.approvals.map(({ subject }) => subject);
  const named = stageOf(request)?.rule.escalate?.to ?? [];
  const called =
    type === "reminded"
      ? couldApprove(requirements, request.requester, people, approvedBy)
      : people.filter(({ groups }) => groups.some((group) => named.includes(`group:${group}`)));
  return { type, ...(await mentioned(directory, called)) };
}

async function mentioned(directory: Desk["directory"], people: readonly Subject[]): Promise<Omit<Call, "at">> {
  const users = (await Promise.all(people.map(({ sub }) => directory.slackUsers(sub)))).flat();
  return { users: users.slice(0, mostCalled), others: users.length > mostCalled };
}
