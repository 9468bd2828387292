import type { State } from "../../src/request/request.ts";
import type { TestBench } from "./bench.ts";

/** Requests that change deploy/api; its dry runs carry a query of their own. */
export const call = /\/deployments\/api(\/scale)?\?(?!.*dryRun).*fieldManager/;
/** How long the adapter waits for an answer here; a busy machine keeps it. */
export const deadlineMs = 1_000;
export const often = 1_000;

interface Misfortune {
  readonly what: string;
  readonly fault: (test: TestBench) => void;
  readonly ends: State;
  readonly effects: 0 | 1;
  readonly says: RegExp;
}

/** Misfortunes of the call itself: what the record must say in the end, and what has really happened. */
export const cases: readonly Misfortune[] = [
  {
    what: "one call is lost on its way",
    fault: ({ double }) => double.faults.drop("before-effect", call),
    ...{ ends: "succeeded", effects: 1, says: /rolled out/ },
  },
  {
    what: "one answer is lost on its way",
    fault: ({ double }) => double.faults.drop("after-effect", call),
    ...{ ends: "succeeded", effects: 1, says: /rolled out/ },
  },
  {
    what: "every call is lost on its way",
    fault: ({ double }) => double.faults.drop("before-effect", call, often),
    ...{ ends: "unknown", effects: 0, says: /did not say whether it was done/ },
  },
  {
    what: "every answer is lost on its way",
    fault: ({ double }) => double.faults.drop("after-effect", call, often),
    ...{ ends: "succeeded", effects: 1, says: /rolled out/ },
  },
  {
    what: "only the sixth call arrives, and its answer is lost",
    fault({ double }) {
      double.faults.drop("before-effect", call, 5);
      double.faults.drop("after-effect", call, often);
    },
    ...{ ends: "succeeded", effects: 1, says: /rolled out/ },
  },
  {
    what: "the server fails once",
    fault: ({ double }) => double.faults.answer(500, call),
    ...{ ends: "succeeded", effects: 1, says: /rolled out/ },
  },
  {
    what: "the server fails each time",
    fault: ({ double }) => double.faults.answer(503, call, often),
    ...{ ends: "unknown", effects: 0, says: /did not say whether it was done/ },
  },
  {
    what: "the server is too busy",
    fault: ({ double }) => double.faults.answer(429, call),
    ...{ ends: "failed", effects: 0, says: /The cluster refused it/ },
  },
  {
    what: "the call is forbidden",
    fault: ({ double }) => double.faults.answer(403, call),
    ...{ ends: "failed", effects: 0, says: /The cluster refused it/ },
  },
  {
    what: "the token is not accepted",
    fault: ({ double }) => double.faults.answer(401, call),
    ...{ ends: "failed", effects: 0, says: /The cluster refused it/ },
  },
  {
    what: "the object has moved once, in nothing that was approved",
    fault: ({ double }) => double.faults.answer(409, call),
    ...{ ends: "succeeded", effects: 1, says: /rolled out/ },
  },
  {
    what: "the object never holds still",
    fault: ({ double }) => double.faults.answer(409, call, often),
    ...{ ends: "failed", effects: 0, says: /never held still; nothing was done/ },
  },
  {
    what: "the call takes longer than its deadline, and comes to its effect after all",
    fault: ({ double }) => double.faults.delay(deadlineMs * 1.3, call),
    ...{ ends: "succeeded", effects: 1, says: /rolled out/ },
  },
  {
    what: "there is no token for the account",
    fault: ({ double }) => double.faults.answer(403, /serviceaccounts\/countersign-(scale|rollout-restart)\/token/),
    ...{ ends: "failed", effects: 0, says: /No token for the operation's account could be had/ },
  },
  {
    what: "there is no handle",
    fault: ({ double }) => double.faults.answer(403, /\/secrets\?/),
    ...{ ends: "failed", effects: 0, says: /No token for the operation's account could be had/ },
  },
];
