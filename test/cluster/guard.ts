import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const script = `
trap '' HUP INT TERM
while read -r line; do living=$line; done
[ -z "$living" ] || kill -9 $living
for try in 1 2 3 4 5; do rm -rf "$1" && exit; sleep 0.1; done
`;

/**
 * Owns a cluster's processes and its folder on behalf of this process. It is a shell that waits for its standard input
 * to end, which happens however this process goes, by SIGKILL too; then it kills what still lives and removes the folder.
 */
export class Guard {
  readonly #shell;
  readonly #living = new Set<number>();

  constructor(folder: string) {
    this.#shell = spawn("sh", ["-c", script, "guard", folder], { stdio: ["pipe", "ignore", "ignore"] });
    // A guard that is gone cannot be told anything; the processes still end with close().
    this.#shell.stdin.on("error", () => {});
  }

  watch(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.#living.add(pid);
    this.#tell();
    // A dead process's id may become a stranger's: it leaves the list at once.
    child.once("exit", () => {
      this.#living.delete(pid);
      this.#tell();
    });
  }

  /** Kills what still lives, removes the folder, and resolves when that is done. */
  async dismiss(): Promise<void> {
    const gone = once(this.#shell, "exit");
    this.#shell.stdin.end();
    if (this.#shell.exitCode === null && this.#shell.signalCode === null) await gone;
  }

  #tell(): void {
    if (this.#shell.stdin.writable) this.#shell.stdin.write(`${[...this.#living].join(" ")}\n`);
  }
}
