import { codeOf } from "./api-fault.ts";
import type { Log } from "./log.ts";

/** Slack shows an error after 3 s without an acknowledgement; this leaves room for the way back. */
const patience = 2_200;

/** Acknowledges, and says whether that worked: too late is a fact to act on, not an exception. */
export async function safely(log: Log, acknowledge: () => Promise<unknown>): Promise<boolean> {
  try {
    await acknowledge();
    return true;
  } catch (fault) {
    log.warn("slack did not take our acknowledgement", { code: codeOf(fault) });
    return false;
  }
}

/** How one thing can be answered: in time, or in two parts. */
export interface Answering<R> {
  /** The answer itself, as the acknowledgement. */
  now(reply: R): Promise<unknown>;
  /** "Working on it…", as the acknowledgement. */
  hold(): Promise<unknown>;
  /** The answer, after `hold`, or when `now` did not get through. */
  later(reply: R): Promise<unknown>;
}

/**
 * Answers with what `work` comes to, within Slack's time or after it. A recorded decision is never undone or lost
 * because Slack did not take the acknowledgement.
 */
export async function answerInTime<R>(log: Log, work: Promise<R>, answering: Answering<R>): Promise<void> {
  const first = await orLate(work, patience);
  if (first !== late) {
    if (!(await safely(log, () => answering.now(first)))) await safely(log, () => answering.later(first));
    return;
  }
  await safely(log, () => answering.hold());
  const reply = await work;
  await safely(log, () => answering.later(reply));
}

export const late: unique symbol = Symbol("late");

/** What `work` comes to, or `late` when it takes longer than so many ms. */
export async function orLate<T>(work: Promise<T>, ms: number): Promise<T | typeof late> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), ms);
  });
  try {
    return await Promise.race([work, waited]);
  } finally {
    clearTimeout(timer);
  }
}
