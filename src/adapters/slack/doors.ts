import type { StartedStepUp } from "../../challenge/step-up.ts";
import { linkButton } from "./blocks.ts";
import type { Front } from "./front.ts";
import type { Doors } from "./ways.ts";

/**
 * The doors to what proves presence outside of Slack, for one person, one request and one end. Whoever else holds such a
 * link sees a plan that Slack shows as well; to say yes takes the passkey of the person it is for.
 */
export function doorsFor({ ports }: Front, about: Omit<StartedStepUp, "salt" | "expiresAt">, now: number): Doors {
  const { stepUpAddress } = ports;
  return stepUpAddress ? { passkey: linkButton("by-passkey", "With a passkey…", stepUpAddress(about, now)) } : {};
}
