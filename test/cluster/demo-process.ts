import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const root = new URL("../../", import.meta.url).pathname;

/** `npm run demo -- WORDS…` as a process of its own, without npm in between. */
export interface Demo {
  /** The first line of its output that fits; rejects with all it said when it ends before. */
  line(fits: RegExp): Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  stop(): void;
}

/** Starts it with this kubeconfig and nothing else of ours but a way to a Redis. */
export function startDemo(kubeconfig: string, ...words: readonly string[]): Demo {
  const redis = process.env["REDIS_URL"];
  const child = spawn(process.execPath, ["test/lab/demo.ts", ...words], {
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "", KUBECONFIG: kubeconfig, ...(redis ? { REDIS_URL: redis } : {}) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].on("data", (part: Buffer) => {
      said[stream] += part.toString();
    });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...said }));
  return {
    ended,
    async line(fits) {
      const found = new Promise<string>((resolve) => {
        createInterface({ input: child.stdout }).on("line", (line) => {
          if (fits.test(line)) resolve(line);
        });
      });
      const early = ended.then(({ code, stdout, stderr }) => {
        throw new Error(`the demo ended with ${code}: ${stdout}${stderr}`);
      });
      return Promise.race([found, early]);
    },
    stop: () => void child.kill("SIGTERM"),
  };
}
