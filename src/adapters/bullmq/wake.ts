import { Queue, type QueueOptions, Worker } from "bullmq";
import { isRequestId } from "../../operation/request-id.ts";
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

/** Whom a hint is for: a side, or whoever shows requests in Slack. */
export type Bell = Side | "show";

/** The queue behind a bell; BullMQ takes no ":" in a name, and no cluster is called so that two would meet. */
function queueOf(bell: Bell): string {
  return bell.replace(":", "-");
}

function connectionOf(url: string, retries: number | null) {
  const where = url.startsWith("unix://") ? { path: url.slice("unix://".length) } : { url };
  return { ...where, maxRetriesPerRequest: retries };
}

/** Takes off what ioredis adds to its faults: the command with its arguments, of which a password may be one. */
function bare(onFault: (fault: unknown) => void): (fault: unknown) => void {
  return (fault) => {
    if (fault instanceof Error) Reflect.deleteProperty(fault, "command");
    onFault(fault);
  };
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
 * Sends wake-ups through BullMQ, to the web side and to the workers of these clusters, and resolves when it can. Later
 * a dead Redis fails a hint at once, which is reported and forgotten like one for any other cluster: the sweepers find
 * the request.
 */
export async function openWake(
  options: WakeOptions & { readonly clusters: readonly string[] },
): Promise<Wake & { close(): Promise<void> }> {
  const onFault = bare(options.onFault);
  const queues = new Map<Bell, Queue<Hint>>();
  const workers = options.clusters.map((cluster): Side => `worker:${cluster}`);
  for (const bell of new Set<Bell>(["web", "show", ...workers])) {
    const queue = new Queue<Hint>(queueOf(bell), optionsOf(options));
    queue.on("error", onFault);
    queues.set(bell, queue);
  }
  // A queue whose first connection failed stays dead for ever, so nothing begins before all have one.
  await Promise.all([...queues.values()].map((queue) => queue.waitUntilReady()));
  const send = async (bell: Bell, request: string) => {
    const queue = queues.get(bell);
    if (!queue) return onFault(new Error(`nobody can be woken for ${request}: there is no queue for ${bell}`));
    try {
      await queue.add(queue.name, { request });
    } catch (fault) {
      onFault(fault);
    }
  };
  return {
    wake: (side, request) => send(side, request),
    show: (request) => send("show", request),
    async close() {
      await Promise.all([...queues.values()].map((queue) => closeOrLeave(queue, queue.close(), () => false)));
    },
  };
}

/** How long a close waits for Redis, in ms: a dead one would hold it until it lives again. */
const patience = 2_000;

/** Waits until it is closed; without Redis, until nothing runs any more. What the queue could not note is only a hint. */
async function closeOrLeave(queue: Queue | Worker, closing: Promise<void>, runs: () => boolean): Promise<void> {
  let over = false;
  const closed = closing
    .catch(() => undefined)
    .finally(() => {
      over = true;
    });
  do {
    let impatient: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      impatient = setTimeout(resolve, patience);
    });
    await Promise.race([closed, late]);
    clearTimeout(impatient);
  } while (!over && runs());
  const { client, blockingClient } = queue.getBackend();
  for (const one of [client, blockingClient])
    one?.then(
      (connected) => connected.disconnect(),
      () => undefined,
    );
}

/** Answers wake-ups. */
export interface Doorbell {
  /** Waits for what is running, and for Redis no longer than a moment. */
  close(): Promise<void>;
}

/**
 * Calls `answer` for each hint. A crashed or frozen run is never started again by the queue (`maxStalledCount: 0`,
 * `maxStartedAttempts: 1`, on every worker: facts/queue.md section 1); the sweeper does it, after looking at the record.
 */
export function answerDoorbell(
  bell: Bell,
  options: WakeOptions & { readonly concurrency: number },
  answer: (request: string) => Promise<void>,
): Doorbell {
  let running = 0;
  const worker = new Worker<Hint>(
    queueOf(bell),
    async (job) => {
      running += 1;
      try {
        const { request } = job.data;
        // Whoever writes to Redis can forge a job; what is not an id is nothing.
        if (typeof request === "string" && isRequestId(request)) await answer(request);
      } finally {
        running -= 1;
      }
    },
    {
      connection: connectionOf(options.url, null),
      prefix: `${options.prefix}bull`,
      concurrency: options.concurrency,
      maxStalledCount: 0,
      maxStartedAttempts: 1,
    },
  );
  const onFault = bare(options.onFault);
  worker.on("error", onFault);
  worker.on("failed", (_, fault) => onFault(fault));
  return { close: () => closeOrLeave(worker, worker.close(), () => running > 0) };
}
