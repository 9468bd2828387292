import type { ResumeCronJob, SuspendCronJob } from "../../operation/catalogue/jobs.ts";
import type { Act } from "../act.ts";
import { type CronJob, plannedCronJob, scheduleInWords, templateHash, viewCronJob } from "../objects/cron-job.ts";
import { patched, refOf } from "../objects/planned-object.ts";
import { stamped } from "../objects/stamp.ts";
import { managedElsewhere } from "../objects/surroundings.ts";

/** Holds the schedule by `spec.suspend`. */
export const suspendCronJob: Act<SuspendCronJob> = setSuspended(true, ({ active }) => ({
  effects: [
    "No more jobs are made by its schedule until somebody resumes it.",
    active === 0 ? "None of its jobs runs now." : `What runs goes on: ${active} of its jobs.`,
  ],
  binding: {},
}));

/** Lets the schedule make Jobs again, of the template as it is. */
export const resumeCronJob: Act<ResumeCronJob> = setSuspended(false, (cronJob) => ({
  effects: [
    `Jobs are made again by its schedule: ${scheduleInWords(cronJob)}.`,
    "A run that was missed meanwhile may be made up for at once, where its startingDeadlineSeconds still allows it.",
  ],
  // To resume is to run the template as it is, when the schedule says: others of either are another thing to approve.
  binding: { template: templateHash(cronJob), schedule: scheduleInWords(cronJob) },
}));

function setSuspended<O extends SuspendCronJob | ResumeCronJob>(
  suspended: boolean,
  meaning: (cronJob: CronJob) => {
    readonly effects: readonly string[];
    readonly binding: Readonly<Record<string, string>>;
  },
): Act<O> {
  return {
    async plan(reader, operation, now) {
      const { target } = operation;
      const cronJob = viewCronJob((await reader.get(refOf(target))).object);
      const { resourceVersion, generation, active, labels, lastRun } = cronJob;
      if (cronJob.suspended === suspended)
        return { unplannable: `cj/${target.name} is ${suspended ? "suspended already" : "not suspended"}.` };
      const { effects, binding } = meaning(cronJob);
      return {
        operation,
        object: plannedCronJob(target, cronJob),
        changes: [{ field: "spec.suspend", from: String(cronJob.suspended), to: String(suspended) }],
        binding: { suspend: cronJob.suspended, ...binding },
        effects,
        facts: { replicas: 0, labels },
        live: {
          readAt: now,
          resourceVersion,
          generation,
          ready: 0,
          total: 0,
          ...(lastRun === undefined ? {} : { lastChange: `it last ran ${lastRun}` }),
          warnings: [...managedElsewhere(cronJob), ...(active > 0 ? [`${active} of its jobs run now.`] : [])],
        },
      };
    },

    apply(session, plan, { stamp, resourceVersion, dryRun }) {
      const annotations = stamped(stamp);
      const body = { metadata: { uid: plan.object.uid, resourceVersion, annotations }, spec: { suspend: suspended } };
      return session.patch(refOf(plan.object), "merge", body, { dryRun });
    },

    shows: (object, plan, about) => patched(object, plan.object.uid, about),
  };
}
