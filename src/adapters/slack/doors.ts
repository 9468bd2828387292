import type { StartedStepUp } from "../../challenge/step-up.ts";
import { button, linkButton } from "./blocks.ts";
import type { Front } from "./front.ts";
import type { Doors } from "./ways.ts";

/**
 * The doors to what proves presence outside of Slack, for one person, one request and one end. Whoever else holds such a
 * link sees a plan that Slack shows as well; to say yes takes the passkey or the login of the person it is for.
 */
export function doorsFor({ ports }: Front, about: Omit<StartedStepUp, "salt" | "expiresAt">, now: number): Doors {
  const { stepUpAddress, pushing } = ports;
  const { purpose, request } = about;
  return {
    ...(pushing
      ? {
          push: button("by-push", "Send a push to my device", `${purpose} ${request}`),
          duo: button("by-duo", "Send a Duo push", `${purpose} ${request}`),
          okta: button("by-okta", "Send an Okta push", `${purpose} ${request}`),
        }
      : {}),
    ...(stepUpAddress
      ? {
          login: linkButton("by-login", "By logging in…", stepUpAddress(about, now)),
          passkey: linkButton("by-passkey", "With a passkey…", stepUpAddress(about, now)),
        }
      : {}),
  };
}
