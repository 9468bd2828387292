import { type Refusal, refuse } from "../operation/refusal.ts";
import type { PushAuthenticator } from "../policy/authenticator.ts";
import type { NotSentReason, Reserved } from "../ports/push.ts";

/** Why this person is sent no push just now, and when the next is possible. */
export function tooMany({ because, until }: Extract<Reserved, { reserved: false }>, now: number): Refusal {
  const seconds = Math.max(1, Math.ceil((until - now) / 1000));
  const when = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
  switch (because) {
    case "open":
      return refuse("push-limit", "A push of yours still waits for its answer.", `Answer it, or wait ${when}.`);
    case "often":
      return refuse(
        "push-limit",
        "You were sent three pushes within ten minutes, and none succeeded.",
        `The next is possible in ${when}.`,
      );
    case "locked":
      return refuse(
        "push-limit",
        "A push of yours was refused, so none is sent for 15 minutes.",
        `The next is possible in ${when}.`,
      );
  }
}

const names: Readonly<Record<PushAuthenticator, string>> = {
  push: "The identity provider",
  duo: "Duo",
  okta: "Okta",
};
const otherwise = "Prove presence in another way";

/** Why a push was not sent, or does not count though it may have been. */
export function notSent(by: PushAuthenticator, why: NotSentReason): Refusal {
  const name = names[by];
  switch (why) {
    case "unknown-person":
      return refuse("no-push", `${name} knows no device of yours.`, `${otherwise}.`);
    case "refused":
      return refuse(
        "no-push",
        `${name} takes no push from us.`,
        by === "push"
          ? `${otherwise}, and have an administrator run \`countersign doctor idp\`.`
          : `${otherwise}, and have an administrator look at its own log.`,
      );
    case "bypassed":
      return refuse(
        "no-push",
        `${name} would let you in without asking you, and that proves nothing.`,
        `${otherwise}, or have an administrator end the bypass.`,
      );
    case "clock":
      return refuse(
        "no-push",
        `${name} says that the clock of Countersign is wrong.`,
        `${otherwise}, and have an administrator set the clock.`,
      );
    case "busy":
      return refuse("no-push", `${name} takes no more pushes just now.`, `${otherwise}, or try again in a minute.`);
    case "plain":
      return refuse(
        "no-push",
        `${name} asks with a mere yes or no, or with a number that is too short, and that does not count.`,
        `${otherwise}, and have an administrator turn its number challenge on.`,
      );
    case "unavailable":
      return refuse("no-push", `${name} does not answer.`, `${otherwise}, or try again.`);
  }
}
