import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Guard } from "../../cluster/guard.ts";

const root = new URL("../../../", import.meta.url).pathname;
const standby = new URL("standby.ts", import.meta.url).href;

/** One of the real processes of the product, as the Procfile starts it. */
export interface LabProcess {
  readonly name: string;
  readonly pid: number;
  /** Everything it has printed on either stream. */
  readonly lines: readonly string[];
  /** What its `ready` line says. Rejects when it ends before. */
  readonly ready: Promise<Readonly<Record<string, unknown>>>;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and waits until it has drained. */
  stop(): Promise<number | NodeJS.Signals>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
}

/** A process that has loaded what it is made of and does nothing yet. */
export interface Standby {
  /** Lets it begin, as if it were started now. */
  begin(): LabProcess;
  /** Ends it without its having begun. */
  dismiss(): void;
}

/** Holds `src/NAME.ts` before its first line, with everything it imports loaded; resolves when it has come so far. */
export async function prepareProcess(
  name: "web" | "worker",
  environment: Readonly<Record<string, string>>,
  guard: Guard,
): Promise<Standby> {
  const options = [environment["NODE_OPTIONS"] ?? "", `--import=${standby}`].join(" ");
  const child = spawnProcess(name, { ...environment, NODE_OPTIONS: options }, guard, ["ignore", "pipe", "pipe", "ipc"]);
  const loaded = await Promise.race([once(child, "message"), once(child, "exit")]);
  if (loaded[0] !== "loaded") throw new Error(`${name} ended while it was loaded`);
  return {
    begin() {
      child.send("begin");
      return followed(name, child);
    },
    dismiss: () => void child.kill("SIGKILL"),
  };
}

/** Starts `src/NAME.ts` with this environment and nothing else of ours: what it needs must be in its settings. */
export function startProcess(
  name: "web" | "worker",
  environment: Readonly<Record<string, string>>,
  guard: Guard,
): LabProcess {
  return followed(name, spawnProcess(name, environment, guard, ["ignore", "pipe", "pipe"]));
}

function spawnProcess(
  name: "web" | "worker",
  environment: Readonly<Record<string, string>>,
  guard: Guard,
  stdio: StdioOptions,
): ChildProcess {
  const child = spawn(process.execPath, [`src/${name}.ts`], {
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio,
    // Its own group: Ctrl-C is ours to hear, and ours to hand on.
    detached: true,
  });
  guard.watch(child);
  return child;
}

function followed(name: "web" | "worker", child: ChildProcess): LabProcess {
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} could not be started`);
  const lines: string[] = [];
  const ended = once(child, "exit").then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals);
  const ready = new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      if (stream)
        createInterface({ input: stream }).on("line", (line) => {
          lines.push(line);
          const facts = readLine(line);
          if (facts?.["event"] === "ready") resolve(facts);
        });
    void ended.then((how) => reject(new Error(`${name} ended with ${how}: ${lines.slice(-5).join(" / ")}`)));
  });
  // Who does not wait for it learns of its end otherwise.
  ready.catch(() => undefined);
  return {
    name,
    pid,
    lines,
    ready,
    ended,
    signal: (signal) => void child.kill(signal),
    stop() {
      child.kill("SIGTERM");
      return ended;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function readLine(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
