import { type CreateJob, jobNameOf } from "../../operation/catalogue/jobs.ts";
import type { Json } from "../../operation/plan.ts";
import { type ApiAnswer, ClusterFault, type KubeObject, type ObjectRef, type Session } from "../../ports/cluster.ts";
import type { Act, ChangePlan, Stamp } from "../act.ts";
import { type CronJob, plannedCronJob, templateHash, viewCronJob } from "../objects/cron-job.ts";
import { list, number, record, text, texts } from "../objects/fields.ts";
import { followJob } from "../objects/follow-job.ts";
import { refOf } from "../objects/planned-object.ts";
import { requestAnnotation, stamped } from "../objects/stamp.ts";
import { managedElsewhere } from "../objects/surroundings.ts";

/** Makes one Job of a CronJob's template, as `kubectl create job --from` does, under a name that the plan fixes. */
export const createJob: Act<CreateJob> = {
  async plan(reader, operation, now, request) {
    const { target } = operation;
    const cronJob = viewCronJob((await reader.get(refOf(target))).object);
    const name = jobNameOf(operation, request);
    if (await stands(reader, jobRef(target.namespace, name)))
      return { unplannable: `There is a job ${name} in the namespace ${target.namespace} already.` };
    const spec = record(record(cronJob.template)["spec"]);
    const parallelism = number(spec["parallelism"], 1);
    const { resourceVersion, generation, labels, lastRun } = cronJob;
    return {
      operation,
      object: plannedCronJob(target, cronJob),
      changes: [{ field: `the job ${name}`, from: "not there", to: `made from cj/${target.name}` }],
      binding: { job: name, template: templateHash(cronJob) },
      effects: effectsOf(spec, parallelism),
      facts: { replicas: parallelism, labels },
      live: {
        readAt: now,
        resourceVersion,
        generation,
        ready: 0,
        total: 0,
        ...(lastRun === undefined ? {} : { lastChange: `it last ran ${lastRun}` }),
        warnings: [...managedElsewhere(cronJob), ...warningsOf(cronJob)],
      },
    };
  },

  async apply(session, plan, { stamp, dryRun }) {
    const { namespace = "", name, uid } = plan.object;
    const cronJob = viewCronJob(await readFirst(session, refOf(plan.object), dryRun));
    const { job, template } = bound(plan);
    if (cronJob.uid !== uid || templateHash(cronJob) !== template)
      throw new ClusterFault("conflict", "the template of the cronjob is not the one that was approved");
    const body = jobOf(cronJob, { name, namespace, job, stamp });
    return session.create(jobRef(namespace, job), body, { dryRun });
  },

  mark: (plan) => jobRef(plan.object.namespace ?? "", bound(plan).job),

  // A Job that is not there may have run and been cleaned away, and one of somebody else's may stand in its place.
  shows: (object, _, { stamp }) =>
    object !== undefined && texts(record(object["metadata"])["annotations"])[requestAnnotation] === stamp.request
      ? "done"
      : "unclear",

  follow: followJob,
};

function jobRef(namespace: string, name: string): ObjectRef {
  return refOf({ kind: "Job", namespace, name });
}

/** What the plan fixed of the Job that is made; the digest holds it. */
function bound({ binding }: ChangePlan): { readonly job: string; readonly template: string } {
  const { job, template } = record(binding);
  return { job: text(job), template: text(template) };
}

async function stands(session: Session, ref: ObjectRef): Promise<boolean> {
  try {
    await session.get(ref);
    return true;
  } catch (fault) {
    if (fault instanceof ClusterFault && fault.code === "not-found") return false;
    throw fault;
  }
}

/** What is read before anything is sent: where that has no answer, it is known that nothing was done. */
async function readFirst(session: Session, ref: ObjectRef, dryRun: boolean): Promise<ApiAnswer["object"]> {
  try {
    return (await session.get(ref)).object;
  } catch (fault) {
    if (!(fault instanceof ClusterFault) || dryRun) throw fault;
    throw new ClusterFault("not-sent", `the cronjob could not be read, so no job was made: ${fault.says}`);
  }
}

// As kubectl makes it (kubectl pkg/cmd/create/create_job.go): the template's labels and annotations, and a controller
// reference that blocks nothing.
function jobOf(
  cronJob: CronJob,
  { name, namespace, job, stamp }: { name: string; namespace: string; job: string; stamp: Stamp },
): KubeObject {
  const template = record(cronJob.template);
  const metadata = record(template["metadata"]);
  const annotations = {
    ...texts(metadata["annotations"]),
    "cronjob.kubernetes.io/instantiate": "manual",
    ...stamped(stamp),
  };
  const owner = { apiVersion: "batch/v1", kind: "CronJob", name, uid: cronJob.uid, controller: true };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: job, namespace, labels: texts(metadata["labels"]), annotations, ownerReferences: [owner] },
    spec: template["spec"] ?? {},
  };
}

function effectsOf(spec: Readonly<Record<string, Json>>, parallelism: number): readonly string[] {
  const pod = record(record(spec["template"])["spec"]);
  const images = [...list(pod["initContainers"]), ...list(pod["containers"])].map((one) => text(record(one)["image"]));
  const account = text(pod["serviceAccountName"], "default");
  const count = parallelism === 1 ? "one pod" : `up to ${parallelism} pods at once`;
  const completions = number(spec["completions"], 1);
  return [
    `It runs ${count} until ${completions} succeeded, as the service account ${account}.`,
    `Its pods run ${[...new Set(images)].join(" and ")}.`,
    "What the job does, it does once more than its schedule says; no rollback undoes that.",
    ...(spec["suspend"] === true ? ["The job is made suspended, and runs once somebody resumes it."] : []),
  ];
}

function warningsOf({ suspended, concurrencyPolicy, active }: CronJob): readonly string[] {
  return [
    ...(suspended ? ["The cronjob is suspended; this runs it all the same."] : []),
    ...(active > 0
      ? [`${active} of its jobs run now, and a job made by hand does not heed concurrencyPolicy ${concurrencyPolicy}.`]
      : []),
  ];
}
