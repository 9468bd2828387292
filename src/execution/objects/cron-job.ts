import { canonical, sha256 } from "../../audit/canonical.ts";
import type { Json, PlannedObject } from "../../operation/plan.ts";
import type { Target } from "../../operation/target.ts";
import type { KubeObject } from "../../ports/cluster.ts";
import { list, number, record, text, texts } from "./fields.ts";

/** The fields of a CronJob that planning reads; absent ones as the API documents their defaults. */
export interface CronJob {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly schedule: string;
  readonly timeZone: string | undefined;
  readonly concurrencyPolicy: string;
  readonly suspended: boolean;
  readonly template: Json;
  /** Jobs of it that run now. */
  readonly active: number;
  readonly lastRun: string | undefined;
}

export function viewCronJob(object: KubeObject): CronJob {
  const metadata = record(object["metadata"]);
  const spec = record(object["spec"]);
  const status = record(object["status"]);
  return {
    uid: text(metadata["uid"]),
    resourceVersion: text(metadata["resourceVersion"]),
    generation: number(metadata["generation"]),
    labels: texts(metadata["labels"]),
    annotations: texts(metadata["annotations"]),
    schedule: text(spec["schedule"]),
    timeZone: typeof spec["timeZone"] === "string" ? spec["timeZone"] : undefined,
    concurrencyPolicy: text(spec["concurrencyPolicy"], "Allow"),
    suspended: spec["suspend"] === true,
    template: spec["jobTemplate"] ?? null,
    active: list(status["active"]).length,
    lastRun: typeof status["lastScheduleTime"] === "string" ? status["lastScheduleTime"] : undefined,
  };
}

export function plannedCronJob({ namespace, name }: Target, { uid }: CronJob): PlannedObject {
  return { apiVersion: "batch/v1", kind: "CronJob", namespace, name, uid };
}

/** The template may hold values nobody should copy into records; its digest binds it just as well. */
export function templateHash({ template }: Pick<CronJob, "template">): string {
  return sha256(canonical(template));
}

/** "0 3 * * *", "0 3 * * * in Europe/Berlin". */
export function scheduleInWords({ schedule, timeZone }: CronJob): string {
  return timeZone === undefined ? schedule : `${schedule} in ${timeZone}`;
}
