import type { On } from "../request/event.ts";
import type { Hold } from "./hold.ts";

/** A hold on one step of a runbook: how the step ended stays here, for the request ends with the last of them. */
export interface StepHold {
  readonly hold: Hold;
  /** Undefined until it has ended. */
  ended(): On<"finished"> | undefined;
}

export function holdStep(hold: Hold, step: number, of: number): StepHold {
  let ended: On<"finished"> | undefined;
  return {
    ended: () => ended,
    hold: {
      ...hold,
      async step(event) {
        const made = event(0);
        if (made.type === "finished") {
          ended = made;
          return;
        }
        await hold.step((now) => {
          const next = event(now);
          return next.type === "intended" ? { ...next, intent: { ...next.intent, step } } : next;
        });
      },
      tell: (progress) => hold.tell({ ...progress, says: `step ${step + 1} of ${of}: ${progress.says}` }),
      // What came of one step is not what came of the whole.
      settle: async () => undefined,
    },
  };
}
