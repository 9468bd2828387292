import { type Command, parse } from "../operation/parse.ts";
import { isRefusal } from "../operation/refusal.ts";
import type { Runbook } from "../operation/runbook.ts";
import { UsageFault } from "./command.ts";

type Ask = Extract<Command, { kind: "operate" }>;

/** What would be asked for in Slack by this text. A reason stands for no rule, so none has to be given. */
export function askOf(typed: string, cluster: string, runbooks: readonly Runbook[] = []): Ask {
  if (typed.trim() === "")
    throw new UsageFault("which command? Behind --, such as: -- rollout restart deploy/api -n prod");
  const text = / -- /.test(typed) ? typed : `${typed} -- explained`;
  const command = parse(text, { clusters: [cluster], defaultCluster: cluster, runbooks });
  if (isRefusal(command)) throw new UsageFault([command.says, command.remedy].filter(Boolean).join(" "));
  if (command.kind !== "operate") throw new UsageFault(`"${typed}" is no operation`);
  return command;
}
