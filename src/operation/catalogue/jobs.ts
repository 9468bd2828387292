import type { Entry, Form, Typed } from "../entry.ts";
import { type Name, parseName } from "../name.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { spokenTarget, type Target, targetInWords } from "../target.ts";
import { badName, readTarget, short, tooMuch } from "../typed.ts";

/** Runs a CronJob now, as `kubectl create job --from` does. */
export interface CreateJob {
  readonly kind: "create-job";
  readonly cluster: string;
  readonly target: Target<"CronJob">;
  /** The name of the Job; absent: made of the CronJob's and the request's id. */
  readonly job?: Name;
}

/** Lets a CronJob make no more Jobs; those that run go on. */
export interface SuspendCronJob {
  readonly kind: "suspend-cronjob";
  readonly cluster: string;
  readonly target: Target<"CronJob">;
}

/** Lets a suspended CronJob make Jobs again. */
export interface ResumeCronJob {
  readonly kind: "resume-cronjob";
  readonly cluster: string;
  readonly target: Target<"CronJob">;
}

/** The name of a Job stands in a label of its pods. */
const longestName = 63;

/** The name of the Job that a request makes; never longer than 63 characters. */
export function jobNameOf({ target, job }: Pick<CreateJob, "target" | "job">, request: string): string {
  if (job !== undefined) return job;
  const room = longestName - request.length - 1;
  return `${target.name.slice(0, room).replace(/[-.]+$/, "")}-${request}`;
}

const watching = ["get", "list", "watch"];
const toPlan = [{ apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs: ["get", "list"] }];

// Not idempotent: a Job may have run and been cleaned away by then, and its name would be free to run again.
export const createJob: Entry<CreateJob> = {
  usage: "create job [NAME] --from=cronjob/NAME -n NAMESPACE -- REASON",
  summary: "run a cronjob now, as a job of its own",
  group: "@change",
  idempotent: false,
  account: "countersign-create-job",
  rules: [
    { apiGroups: ["batch"], resources: ["cronjobs"], verbs: ["get"] },
    { apiGroups: ["batch"], resources: ["jobs"], verbs: [...watching, "create"] },
  ],
  plansWith: toPlan,
  say: ({ target, job }) => `create job ${job === undefined ? "" : `${job} `}--from=${spokenTarget(target)}`,
  headline: ({ target }) => `Run ${target.name} now`,
  wish: ({ target }) => `run the ${targetInWords(target)} now`,
};

/** Which fields may be patched, RBAC cannot say; `admission/jobs.ts` does. */
const patchCronJobs = [{ apiGroups: ["batch"], resources: ["cronjobs"], verbs: ["get", "patch"] }];

export const suspendCronJob: Entry<SuspendCronJob> = {
  usage: "suspend cronjob/NAME -n NAMESPACE -- REASON",
  summary: "let a cronjob make no more jobs",
  group: "@change",
  idempotent: true,
  account: "countersign-suspend-cronjob",
  rules: patchCronJobs,
  plansWith: toPlan,
  say: ({ target }) => `suspend ${spokenTarget(target)}`,
  headline: ({ target }) => `Suspend ${target.name}`,
  wish: ({ target }) => `suspend the ${targetInWords(target)}`,
};

export const resumeCronJob: Entry<ResumeCronJob> = {
  usage: "resume cronjob/NAME -n NAMESPACE -- REASON",
  summary: "let a suspended cronjob make jobs again",
  group: "@change",
  idempotent: true,
  account: "countersign-resume-cronjob",
  rules: patchCronJobs,
  plansWith: toPlan,
  say: ({ target }) => `resume ${spokenTarget(target)}`,
  headline: ({ target }) => `Resume ${target.name}`,
  wish: ({ target }) => `let the ${targetInWords(target)} make jobs again`,
};

function onCronJob<K extends "suspend-cronjob" | "resume-cronjob">(kind: K, { usage }: { usage: string }) {
  return {
    words: kind.replace("-cronjob", ""),
    usage,
    namespace: "needed" as const,
    read(typed: Typed): { kind: K; cluster: string; target: Target<"CronJob"> } | Refusal {
      const target = readTarget(typed, ["CronJob"]);
      return isRefusal(target) ? target : { kind, cluster: typed.cluster, target };
    },
  };
}

export const jobForms: readonly Form<CreateJob | SuspendCronJob | ResumeCronJob>[] = [
  {
    words: "create job",
    usage: createJob.usage,
    namespace: "needed",
    flags: { from: {} },
    read(typed) {
      const { cluster, positionals, flags, usage } = typed;
      const [named, ...more] = positionals;
      if (more.length > 0) return tooMuch(more, usage);
      const { from } = flags;
      if (from === undefined)
        return refuse(
          "bad-arguments",
          "It is not said from which cronjob: `--from` is missing.",
          `Usage: \`${usage}\``,
        );
      const target = readTarget({ ...typed, positionals: [from] }, ["CronJob"]);
      if (isRefusal(target)) return target;
      if (named === undefined) return { kind: "create-job", cluster, target };
      const job = parseName(named);
      if (!job) return badName("name", named);
      if (job.length > longestName)
        return refuse("bad-name", `\`${short(job)}\` is too long for a job.`, `Use at most ${longestName} characters.`);
      return { kind: "create-job", cluster, target, job };
    },
  },
  onCronJob("suspend-cronjob", suspendCronJob),
  onCronJob("resume-cronjob", resumeCronJob),
];
