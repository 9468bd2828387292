import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Guard } from "../../cluster/guard.ts";

/** Settings of redis.conf by name, over ours. */
export type ServerSettings = Readonly<Record<string, string>>;

/** What the project demands of a Redis (facts/queue.md section 6): it forgets nothing that it acknowledged. */
const durable: ServerSettings = {
  appendonly: "yes",
  appendfsync: "always",
  "maxmemory-policy": "noeviction",
  save: "",
};

const patienceMs = 30_000;

/** A Redis of our own, on a socket in a folder that only we may enter. */
export interface OwnServer {
  readonly url: string;
  readonly folder: string;
  /** Undefined while it is dead. */
  readonly pid: number | undefined;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same data, after an orderly stop where it lives. Resolves when it answers. */
  restart(): Promise<void>;
  /** Stops it and removes its folder. */
  close(): Promise<void>;
}

/**
 * Starts a redis-server or valkey-server and resolves when it answers. It listens on no port. It does not outlive this
 * process: a guard kills it and removes its folder however we end, by SIGKILL too, unless the guard is killed with us.
 */
export async function startServer(program: string, settings: ServerSettings = {}): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), "countersign-redis-"));
  const socket = join(folder, "redis.sock");
  const guard = new Guard(folder);
  const wanted = { port: "0", unixsocket: socket, unixsocketperm: "700", dir: folder, daemonize: "no", ...durable };
  const args = Object.entries({ ...wanted, ...settings }).flatMap(([name, value]) => [`--${name}`, value]);
  const log = join(folder, "redis.log");
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const file = openSync(log, "a");
    // A process group of its own: Ctrl-C is ours to hear, and Redis must answer until the last of us is done.
    const started = spawn(program, args, { stdio: ["ignore", file, file], detached: true });
    closeSync(file);
    // A program that cannot be started shows as one that does not live.
    started.on("error", () => undefined);
    guard.watch(started);
    child = started;
    const deadline = Date.now() + patienceMs;
    while (!(await answers(socket))) {
      if (!lives(started)) throw new Error(`${program} ended at once: ${await lastWords(log)}`);
      if (Date.now() > deadline) throw new Error(`${program} did not answer: ${await lastWords(log)}`);
      await sleep(5);
    }
  }

  async function end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    if (!child || !lives(child)) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  try {
    await start();
  } catch (fault) {
    await guard.dismiss();
    throw fault;
  }
  return {
    url: `unix://${socket}`,
    folder,
    get pid() {
      return child && lives(child) ? child.pid : undefined;
    },
    kill: () => end("SIGKILL"),
    async restart() {
      await end("SIGTERM");
      await start();
    },
    async close() {
      // Nothing of it is wanted any more: an orderly stop would only write the log once again.
      await end("SIGKILL");
      await guard.dismiss();
    },
  };
}

function lives(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** Whether a Redis behind this socket takes commands, if only after a password: while it loads its data it says so. */
function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket, () => connection.write("PING\r\n"));
    const done = (yes: boolean) => {
      connection.destroy();
      resolve(yes);
    };
    connection.once("data", (answer) => done(/^(\+PONG|-NOAUTH)/.test(answer.toString())));
    connection.once("error", () => done(false));
    connection.once("close", () => done(false));
  });
}

async function lastWords(log: string): Promise<string> {
  const said = await readFile(log, "utf8").catch(() => "");
  return said.trim().split("\n").slice(-3).join(" ") || "it said nothing";
}
