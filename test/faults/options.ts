import { parseArgs } from "node:util";

const ablations = ["no-precondition", "no-ticket", "naive-retries"] as const;
export type Ablation = (typeof ablations)[number];

/** What a run is told on the command line. */
export interface RunOptions {
  /** How long the nemesis is at work; settling comes after it. */
  readonly seconds: number;
  readonly seed: number;
  /** How many commands are typed. */
  readonly requests: number;
  readonly workers: number;
  readonly ablation?: Ablation;
  /** Redis loses what it acknowledged shortly before a power cut, as one that flushes late. */
  readonly forgetful: boolean;
  readonly json: boolean;
}

export const usage = `npm run faults -- [--seconds 90] [--seed 1] [--requests N] [--workers N] [--forgetful] [--json]
                  [--ablation ${ablations.join(" | ")}]`;

/** Reads the words after the command; answers what is wrong with them instead where they cannot be meant. */
export function readOptions(words: readonly string[]): RunOptions | string {
  let values: Readonly<Record<string, string | boolean | undefined>>;
  try {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    const known = { seconds: text, seed: text, requests: text, workers: text, ablation: text };
    values = parseArgs({ args: [...words], options: { ...known, forgetful: flag, json: flag } }).values;
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
  const faults: string[] = [];
  const whole = (name: string, otherwise: number, least: number, most: number) => {
    const value = Number(values[name] ?? otherwise);
    if (!Number.isSafeInteger(value) || value < least || value > most)
      faults.push(`--${name} is a whole number from ${least} to ${most}`);
    return value;
  };
  const seconds = whole("seconds", 90, 5, 86_400);
  const read = {
    seconds,
    seed: whole("seed", 1, 0, 2 ** 31 - 1),
    requests: whole("requests", Math.ceil(seconds * 3.8), 1, 1_000_000),
    workers: whole("workers", 8, 2, 20),
  };
  const ablation = ablations.find((one) => one === values["ablation"]);
  if (values["ablation"] !== undefined && !ablation) faults.push(`--ablation is one of ${ablations.join(", ")}`);
  if (faults.length > 0) return faults.join("; ");
  return {
    ...read,
    ...(ablation ? { ablation } : {}),
    forgetful: values["forgetful"] === true,
    json: values["json"] === true,
  };
}
