import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Guard } from "./guard.ts";

/** One process of the cluster; what it says goes to a file. */
export class Program {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #name: string;

  constructor(guard: Guard, path: string, args: readonly string[], log: string) {
    this.#name = basename(path);
    this.#log = log;
    const file = openSync(log, "a");
    this.#child = spawn(path, args, { stdio: ["ignore", file, file] });
    closeSync(file);
    // A program that cannot be started shows as one that does not live.
    this.#child.on("error", () => {});
    guard.watch(this.#child);
  }

  get lives(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGTERM"): void {
    if (this.lives) this.#child.kill(signal);
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    if (!this.lives) return;
    const gone = once(this.#child, "exit");
    this.signal("SIGKILL");
    await gone;
  }

  /** SIGTERM, and SIGKILL when that has not worked after `graceMs`; resolves when the process is gone. */
  async stop(graceMs: number): Promise<void> {
    if (!this.lives) return;
    const gone = once(this.#child, "exit");
    this.signal("SIGTERM");
    const impatient = setTimeout(() => this.signal("SIGKILL"), graceMs);
    await gone;
    clearTimeout(impatient);
  }

  /** Asks `done` until it says yes; rejects with the program's last words when the program dies or time is up. */
  async until(done: () => Promise<boolean>, what: string, withinMs = 60_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!(await done())) {
      if (!this.lives) throw new Error(`${this.#name} ended before ${what}: ${await this.#lastWords()}`);
      if (Date.now() > deadline) throw new Error(`${what} took over ${withinMs} ms: ${await this.#lastWords()}`);
      await sleep(20);
    }
  }

  async #lastWords(): Promise<string> {
    const said = await readFile(this.#log, "utf8").catch(() => "");
    return said.trim().split("\n").slice(-5).join("\n") || "it said nothing";
  }
}
