import { Redis } from "ioredis";

/**
 * Says why this Redis must not be trusted with records: it would forget on a power cut, or evict under pressure
 * (facts/queue.md sections 2 and 5). Empty = it may. Throws when it cannot be asked.
 */
export async function whyNotDurable(url: string): Promise<readonly string[]> {
  const redis = new Redis(url.replace(/^unix:\/\//, ""), {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    commandTimeout: 3_000,
    retryStrategy: () => null,
  });
  // What is told as the connection's own end says nothing of why.
  let why = "no answer";
  redis.on("error", (fault: NodeJS.ErrnoException) => {
    why = fault.code ?? /^[A-Z]+\b/.exec(fault.message)?.[0] ?? why;
  });
  try {
    await redis.connect().catch((cause: unknown) => {
      throw new Error(`Redis at ${placeOf(url)} cannot be reached (${why}). Is it running, and is REDIS_URL right?`, {
        cause,
      });
    });
    const wanted = [
      ["appendonly", "yes", "what is acknowledged would be lost when Redis stops"],
      ["appendfsync", "always", "a power cut would lose the last second"],
      ["maxmemory-policy", "noeviction", "records would be evicted under memory pressure"],
    ] as const;
    const faults: string[] = [];
    for (const [name, value, why] of wanted) {
      const [, found = "unknown"] = (await redis.config("GET", name)) as string[];
      if (found !== value) faults.push(`Redis has ${name} ${found}: ${why}. Set ${name} ${value}.`);
    }
    return faults;
  } finally {
    redis.disconnect();
  }
}

/** Where a Redis is, without the name and password its address may hold. */
function placeOf(url: string): string {
  return url.startsWith("unix://") ? url.slice("unix://".length) : new URL(url).host;
}

/** Refuses a Redis that would forget or evict; in the demo it is said and borne. */
export async function demandDurable(url: string, inDemo: boolean, say: (fault: string) => void): Promise<void> {
  const faults = await whyNotDurable(url);
  if (faults.length === 0) return;
  if (!inDemo) throw new Error(faults.join(" "));
  for (const fault of faults) say(fault);
}
