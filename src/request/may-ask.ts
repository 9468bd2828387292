import { catalogue } from "../operation/catalogue.ts";
import type { Name, Namespace } from "../operation/name.ts";
import type { OperationKind } from "../operation/operation.ts";
import { decide } from "../policy/decide.ts";
import type { Circumstances, Decision, DecisionFacts } from "../policy/policy.ts";
import type { Subject } from "../policy/subject.ts";
import type { Desk } from "./desk.ts";

/** Where something would be done, as far as it is said. */
export interface Place {
  readonly cluster: string;
  readonly namespace?: Namespace;
  readonly name?: Name;
}

/** What the policy says of a person and a kind of operation, before anything is asked for. */
export interface Prospect {
  /** By who, what and where alone: what asking would be answered with. */
  readonly now: Decision;
  /** The most it can come to once the object is looked at; the same where no rule is about the object. */
  readonly most: Decision;
}

/** Asks the policy alone: nothing is recorded, and no cluster is asked. */
export function mayAsk(
  desk: Pick<Desk, "policy">,
  subject: Subject,
  operation: OperationKind,
  place: Place,
  circumstances: Circumstances = {},
): Prospect {
  const { cluster, namespace, name } = place;
  const decided = (plan: DecisionFacts["plan"]) =>
    decide(desk.policy.current(), {
      ...circumstances,
      subject,
      operation,
      cluster,
      namespaces: namespace === undefined ? [] : [namespace],
      ...(name === undefined ? {} : { name }),
      plan,
    });
  const most = decided("unknown");
  return { now: catalogue[operation].group === "@read" ? most : decided("not-yet"), most };
}
