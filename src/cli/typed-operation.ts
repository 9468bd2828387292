import type { Operation } from "../operation/operation.ts";
import { parse } from "../operation/parse.ts";
import { isRefusal } from "../operation/refusal.ts";
import type { Runbook } from "../operation/runbook.ts";
import { UsageFault } from "./command.ts";

/** The operation that would be typed in Slack. A reason stands for no rule, so none has to be given. */
export function operationOf(typed: string, cluster: string, runbooks: readonly Runbook[] = []): Operation {
  if (typed.trim() === "")
    throw new UsageFault("which command? Behind --, such as: -- rollout restart deploy/api -n prod");
  const text = / -- /.test(typed) ? typed : `${typed} -- explained`;
  const command = parse(text, { clusters: [cluster], defaultCluster: cluster, runbooks });
  if (isRefusal(command)) throw new UsageFault([command.says, command.remedy].filter(Boolean).join(" "));
  if (command.kind !== "operate") throw new UsageFault(`"${typed}" is no operation`);
  return command.operation;
}
