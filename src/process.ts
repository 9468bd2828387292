import { FaultyConfiguration } from "./environment.ts";

/** Work that comes round by itself; a round that fails is reported, and the next one comes all the same. */
export function every(ms: number, onFault: (fault: unknown) => void, round: () => Promise<void>): { stop(): void } {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const next = () => {
    if (!stopped) timer = setTimeout(() => void round().catch(onFault).finally(next), ms);
  };
  next();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** How long a start may go on once the process was told to end, in ms: nothing runs yet that could be left half done. */
const startMs = 5_000;

/**
 * Runs a process from start to drain. `start` answers the way to close; SIGTERM and SIGINT close once and wait, also
 * when they come before it has answered. Faulty configuration is told whole and ends with code 78 (EX_CONFIG of
 * sysexits.h), any other fault at start with 1.
 */
export async function run(name: string, start: () => Promise<() => Promise<void>>): Promise<void> {
  let close: (() => Promise<void>) | undefined;
  let told = false;
  const stop = () => {
    if (told) return;
    told = true;
    if (close) drain(name, close);
    else setTimeout(() => process.exit(1), startMs).unref();
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  try {
    close = await start();
    if (told) drain(name, close);
  } catch (fault) {
    if (fault instanceof FaultyConfiguration) {
      process.stderr.write(
        `${name}: this configuration cannot be started with:\n${fault.faults.map((line) => `  ${line}`).join("\n")}\n`,
      );
      process.exit(78);
    }
    fail(name, "could not start", fault);
  }
}

function drain(name: string, close: () => Promise<void>): void {
  close().then(
    () => process.exit(0),
    (fault: unknown) => fail(name, "could not stop cleanly", fault),
  );
}

function fail(name: string, what: string, fault: unknown): never {
  process.stderr.write(`${name}: ${what}: ${fault instanceof Error ? fault.message : String(fault)}\n`);
  process.exit(1);
}
