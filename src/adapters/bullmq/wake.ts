import { Queue, type QueueOptions, Worker } from "bullmq";
import type { Side, Wake } from "../../ports.ts";

/** What a wake-up is about. It carries no leave, no plan and no secret: only which record to look at. */
interface Hint {
  readonly request: string;
}

export interface WakeOptions {
  /** `redis://…`, `rediss://…`, or `unix://` and the path of a socket. */
  readonly url: string;
  readonly prefix: string;
  /** Told of what went wrong; hints may be lost, but not silently. */
  readonly onFault: (fault: unknown) => void;
}

export type QueueName = Side | "show";

function connectionOf(url: string, retries: number | null) {
  const where = url.startsWith("unix://") ? { path: url.slice("unix://".length) } : { url };
  return { ...where, maxRetriesPerRequest: retries };
}

function optionsOf({ url, prefix }: WakeOptions): QueueOptions {
  return {
    connection: { ...connectionOf(url, 1), enableOfflineQueue: false },
    prefix: `${prefix}bull`,
    // Each hint is a job of its own: a re-delivery under an old id would be swallowed by the kept job.
    defaultJobOptions: {
      attempts: 1,
      removeOnComplete: { age: 3_600, count: 1_000 },
      removeOnFail: { age: 86_400, count: 1_000 },
    },
  };
}

/**
 * Sends wake-ups through BullMQ, and resolves when it can. Later a dead Redis fails a hint at once, which is reported
 * and forgotten: the sweepers find the request.
 */
export async function openWake(options: WakeOptions): Promise<Wake & { close(): Promise<void> }> {
  const queues = new Map<QueueName, Queue<Hint>>();
  for (const name of ["web", "worker", "show"] as const) {
    const queue = new Queue<Hint>(name, optionsOf(options));
    queue.on("error", options.onFault);
    queues.set(name, queue);
  }
  // A queue whose first connection failed stays dead for ever, so nothing begins before all have one.
  await Promise.all([...queues.values()].map((queue) => queue.waitUntilReady()));
  const send = async (name: QueueName, request: string) => {
    try {
      await queues.get(name)?.add(name, { request });
    } catch (fault) {
      options.onFault(fault);
    }
  };
  return {
    wake: (side, request) => send(side, request),
    show: (request) => send("show", request),
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

/** Answers wake-ups. */
export interface Doorbell {
  /** Waits for what is running. */
  close(): Promise<void>;
}

/**
 * Calls `answer` for each hint. A crashed or frozen run is never started again by the queue (`maxStalledCount: 0`,
 * `maxStartedAttempts: 1`, on every worker: facts/queue.md section 1); the sweeper does it, after looking at the record.
 */
export function answerDoorbell(
  name: QueueName,
  options: WakeOptions & { readonly concurrency: number },
  answer: (request: string) => Promise<void>,
): Doorbell {
  const worker = new Worker<Hint>(
    name,
    async (job) => {
      const { request } = job.data;
      // Whoever writes to Redis can forge a job; what is not an id is nothing.
      if (typeof request === "string" && /^r-[a-z0-9]{4,20}$/.test(request)) await answer(request);
    },
    {
      connection: connectionOf(options.url, null),
      prefix: `${options.prefix}bull`,
      concurrency: options.concurrency,
      maxStalledCount: 0,
      maxStartedAttempts: 1,
    },
  );
  worker.on("error", options.onFault);
  worker.on("failed", (_, fault) => options.onFault(fault));
  return { close: () => worker.close() };
}
