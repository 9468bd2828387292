import { type Fields, type KubeObject, timestamp } from "../object.ts";
import { end } from "./garbage.ts";
import type { Loop } from "./loop.ts";
import { newPod, podsOf } from "./offspring.ts";
import { present, report } from "./report.ts";
import { isEnding, isFinished, isReady, type Job } from "./workload.ts";

/** Pods until enough of them have succeeded, or one too many has failed. */
export function reconcileJob(object: KubeObject, { store }: Loop): void {
  const job = object as Job;
  const { completions, parallelism, backoffLimit, suspend, template } = job.spec;
  const isOver = job.status.conditions?.some(({ type }) => type === "Complete" || type === "Failed") === true;
  if (isEnding(job) || isOver) return;
  const pods = podsOf(job, store);
  const succeeded = pods.filter(({ status }) => status.phase === "Succeeded").length;
  const failed = pods.filter(({ status }) => status.phase === "Failed").length;
  const running = pods.filter((pod) => !isFinished(pod) && !isEnding(pod));
  const isDone = succeeded >= completions;
  const isLost = failed > backoffLimit;
  const wanted = isDone || isLost || suspend ? 0 : Math.min(parallelism, completions - succeeded);
  for (let i = running.length; i < wanted; i++) store.put(newPod(job, template));
  for (const pod of running.slice(wanted)) end(store, pod);

  const active = podsOf(job, store).filter((pod) => !isFinished(pod) && !isEnding(pod));
  const now = timestamp(Date.now());
  const conditions = isDone
    ? [condition("SuccessCriteriaMet", completed, now), condition("Complete", completed, now)]
    : isLost
      ? [condition("FailureTarget", givenUp, now), condition("Failed", givenUp, now)]
      : suspend
        ? [condition("Suspended", { reason: "JobSuspended", message: "Job suspended" }, now)]
        : [];
  // A condition that stands keeps its time.
  const told = conditions.map((one) => job.status.conditions?.find(({ type }) => type === one["type"]) ?? one);
  const status: Job["status"] = {
    ...(told.length > 0 ? { conditions: told } : {}),
    ...(suspend ? {} : { startTime: job.status.startTime ?? now }),
    ...(isDone ? { completionTime: now } : {}),
    ...present({ active: active.length, succeeded, failed }),
    terminating: 0,
    uncountedTerminatedPods: {},
    ready: active.filter(isReady).length,
  };
  report(store, job, { ...job, status });
}

const completed = { reason: "CompletionsReached", message: "Reached expected number of succeeded pods" };
const givenUp = { reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" };

function condition(type: string, said: { readonly reason: string; readonly message: string }, now: string): Fields {
  return { type, status: "True", lastProbeTime: now, lastTransitionTime: now, ...said };
}
