import { ClusterFault, type KubeObject } from "../../ports/cluster.ts";
import type { Ending, Following } from "../act.ts";
import { list, number, record, text } from "./fields.ts";
import { refOf, uidOf } from "./planned-object.ts";

/**
 * Watches a Job that was just made until its first pod runs, or it is over before that. It is not watched to its end,
 * which may be hours away: nothing else may act on its CronJob meanwhile.
 */
export async function followJob({ session, plan, from, tell, signal }: Following): Promise<Ending> {
  if (!from) return { well: false, why: "the job is gone" };
  const name = text(record(from["metadata"])["name"]);
  const now = judge(from, name);
  if (now) return now;
  await tell(`job/${name} is made, and no pod of it runs yet`);
  const ref = refOf({ kind: "Job", namespace: plan.object.namespace, name });
  try {
    for await (const object of session.watch(ref, text(record(from["metadata"])["resourceVersion"]), signal)) {
      if (uidOf(object) !== uidOf(from)) return { well: false, why: "the job was deleted meanwhile" };
      const end = judge(object, name);
      if (end) return end;
    }
  } catch (fault) {
    if (fault instanceof ClusterFault && fault.code === "not-found")
      return { well: false, why: "the job was deleted meanwhile" };
    throw fault;
  }
  return { well: false, why: `no pod of job/${name} ran before the time to watch it was over` };
}

function judge(job: KubeObject, name: string): Ending | undefined {
  const status = record(job["status"]);
  const conditions = list(status["conditions"]).map(record);
  const is = (type: string) => conditions.find((one) => one["type"] === type && one["status"] === "True");
  const failed = is("Failed");
  if (failed) return { well: false, why: `job/${name} failed: ${text(failed["message"]).slice(0, 200)}` };
  if (is("Complete")) return { well: true, says: `done, and job/${name} succeeded` };
  if (number(status["ready"]) > 0) return { well: true, says: `done, and job/${name} runs` };
  if (record(job["spec"])["suspend"] === true) return { well: true, says: `done, and job/${name} waits, suspended` };
  return undefined;
}
