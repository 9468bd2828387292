import type { Entry } from "../entry.ts";
import type { RunRunbook } from "../operation.ts";
import { runUsage } from "../run.ts";
import { spokenRun } from "../runbook.ts";

/** Each step runs under the account of its own operation; there is none for the whole. */
export const runbook: Entry<RunRunbook> = {
  usage: runUsage,
  summary: "run the steps of a runbook, approved as one",
  group: "@change",
  idempotent: true,
  account: "countersign-runbook",
  rules: [],
  say: ({ name, parameters }) => spokenRun(name, parameters),
  headline: ({ name }) => `Run ${name}`,
  wish: ({ name, parameters }) => {
    const values = Object.entries(parameters).map(([key, value]) => `${key} ${value}`);
    return `run the runbook ${name}${values.length > 0 ? ` with ${values.join(", ")}` : ""}`;
  },
};
