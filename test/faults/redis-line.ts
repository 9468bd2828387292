import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { truncate } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findProgram, theseSurroundings } from "../lab/redis/source.ts";
import { type RedisPeer, startOwnRedis } from "../lab/redis/start-redis.ts";

/** A Redis of our own behind a line that can be held, so that we know what it has acknowledged to anybody. */
export interface RedisLine extends RedisPeer {
  /**
   * Pulls the plug: answers stop, the server dies by SIGKILL, and of what it wrote since the last answer only the share
   * `keep` (0 to 1) is left in its log, cut anywhere and then repaired. With `forgetMs` it loses also what it acknowledged
   * in the last so many ms, as one does that flushes late. Resolves with the bytes lost; `restart` brings it back.
   */
  powerCut(keep: number, forgetMs?: number): Promise<number>;
  /** False from the moment it is killed until it is restarted. */
  alive(): boolean;
}

/** How long commands go on arriving whose answers nobody gets, in ms. */
const unansweredMs = 40;
/** How often the size of the log is remembered, in ms, and how many of them. */
const [sampleMs, samplesKept] = [100, 50];

/** Starts a durable Redis (appendonly, appendfsync always), and the line before it on a socket in its folder. */
export async function layRedisLine(): Promise<RedisLine> {
  // One log from the first command to the last: what is cut off is always its end.
  const peer = await startOwnRedis({ "auto-aof-rewrite-percentage": "0" });
  const behind = peer.url.slice("unix://".length);
  const front = join(dirname(behind), "line.sock");
  const log = () => logIn(dirname(behind));
  const ends = new Set<Socket>();
  const sizes: { readonly at: number; readonly size: number }[] = [];
  let held = false;
  let alive = true;

  const server = createServer((near) => {
    const far = connect(behind);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        ends.delete(one);
        other.destroy();
      });
    }
    near.on("data", (commands) => far.write(commands));
    far.on("data", (answers) => {
      if (!held) near.write(answers);
    });
  });
  await new Promise<void>((resolve) => server.listen(front, resolve));
  const sampling = setInterval(() => {
    if (held) return;
    sizes.push({ at: performance.now(), size: statSync(log()).size });
    if (sizes.length > samplesKept) sizes.shift();
  }, sampleMs);

  const hangUp = () => {
    for (const end of ends) end.destroy();
  };
  return {
    url: `unix://${front}`,
    owned: true,
    alive: () => alive,
    async kill() {
      alive = false;
      await peer.kill();
      hangUp();
    },
    async powerCut(keep, forgetMs = 0) {
      held = true;
      alive = false;
      // `appendfsync always` answers only what is on the disk: whatever anybody was told lies below this size.
      const acknowledged = statSync(log()).size;
      await sleep(unansweredMs);
      await peer.kill();
      hangUp();
      const file = log();
      const written = statSync(file).size;
      const before = sizes.findLast(({ at }) => at <= performance.now() - forgetMs)?.size ?? acknowledged;
      const left = forgetMs > 0 ? before : acknowledged + Math.floor((written - acknowledged) * keep);
      await truncate(file, left);
      await repair(dirname(file));
      return written - statSync(file).size;
    },
    async restart() {
      // Whoever connects as soon as it lives must be answered.
      held = false;
      await peer.restart();
      alive = true;
    },
    async close() {
      clearInterval(sampling);
      hangUp();
      await new Promise((resolve) => server.close(resolve));
      await peer.close();
    },
  };
}

/**
 * What an operator must do after a power cut: a server that meets a half-written transaction at the end of its log leaves
 * its beginning there, and the next restart reads that as part of what came after it (valkey-io/valkey#4342).
 */
async function repair(place: string): Promise<void> {
  const server = findProgram(theseSurroundings()) ?? "redis-server";
  const child = spawn(server.replace(/-server$/, "-check-aof"), ["--fix", manifestIn(place)], {
    cwd: place,
    stdio: ["pipe", "ignore", "inherit"],
  });
  child.stdin.end("y\n");
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`the log in ${place} could not be repaired`);
}

function manifestIn(place: string): string {
  const name = readdirSync(place).find((file) => file.endsWith(".manifest"));
  if (name === undefined) throw new Error(`${place} has no manifest`);
  return name;
}

/** The file that Redis appends to now, as its manifest says. */
function logIn(folder: string): string {
  const place = join(folder, "appendonlydir");
  const lines = readFileSync(join(place, manifestIn(place)), "utf8").split("\n");
  const [name] = lines.flatMap((line) => /^file (\S+) .*type i$/.exec(line)?.[1] ?? []).slice(-1);
  if (name === undefined) throw new Error(`${place} has no log that is appended to`);
  return join(place, name);
}
