import type { ModalView } from "@slack/types";
import { codeOf } from "./api-fault.ts";
import type { Arrival } from "./arrival.ts";
import type { Front } from "./front.ts";
import { reply } from "./whisper.ts";

/** Opens a form for whoever clicked or typed; the trigger dies after 3 s, and then they are told. */
export async function open(front: Front, arrival: Arrival, view: ModalView): Promise<void> {
  try {
    await front.slack.views.open({ trigger_id: arrival.trigger, view });
  } catch (fault) {
    await notOpened(front, arrival, fault);
  }
}

export async function notOpened({ ports, whisper }: Front, arrival: Arrival, fault: unknown): Promise<void> {
  ports.log.warn("a form could not be shown", { code: codeOf(fault) });
  await whisper(
    arrival.user,
    arrival.channel,
    reply("Slack did not show the form in time. Nothing was done; try again."),
  );
}
