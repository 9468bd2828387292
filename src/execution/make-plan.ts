import type { Session } from "../ports/cluster.ts";
import type { Request } from "../request/request.ts";
import type { FreshPlan, Unplannable } from "./act.ts";
import { actOf, changeOf } from "./acts.ts";
import type { Bench } from "./bench.ts";

/** Plans what a request asks for, for the very person who asked, as the worker's own directory knows them now. */
export async function makePlan(
  bench: Bench,
  session: Session,
  request: Pick<Request, "id" | "operation" | "requester">,
): Promise<FreshPlan | Unplannable> {
  const operation = changeOf(request.operation);
  const requester = await bench.directory.subject(request.requester);
  if (!requester) return { unplannable: `The worker's directory does not know ${request.requester}.` };
  return actOf(operation).plan(session, operation, await bench.store.now(), request.id, requester);
}
