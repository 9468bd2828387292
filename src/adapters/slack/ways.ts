import type { Button, KnownBlock } from "@slack/types";
import type { PushBegun } from "../../challenge/push.ts";
import type { AuthenticatorName } from "../../policy/authenticator.ts";
import { actions, bold, codeInput, lines, raw, richText } from "./blocks.ts";

/** What a form asks for once a push was sent: the code that stands in it, or nothing but what is done on the device. */
function askPushed({ by, enter }: Omit<PushBegun, "salt" | "expiresAt">): readonly KnownBlock[] {
  if (enter !== undefined) {
    const there = by === "okta" ? "Pick this number there: " : "Type this number there: ";
    const then = [raw("Then press the button below. Do it only if it was you who asked for this.")];
    return [richText(lines([raw("A push is on your device. "), raw(there), bold(enter)], then))];
  }
  // It stands at the field itself: what is above it may be out of sight.
  const where = by === "duo" ? "the code that stands in it" : "its six digits";
  return [codeInput(`A push is on your device. Say yes there, and type ${where} here.`)];
}

/** The button that leads to each way of proving presence which is no code typed into the form itself. */
export type Doors = Readonly<Partial<Record<AuthenticatorName, Button>>> & {
  /** A push that was sent: the form asks for what belongs to it and for nothing else. */
  readonly pushed?: PushBegun;
};

/** How a form asks for proof of presence. `typed`: the form itself is sent, with a code or for what was done elsewhere. */
export interface Asked {
  readonly blocks: readonly KnownBlock[];
  readonly typed: boolean;
}

/** A button for each way that leads elsewhere, and a field only where a code of an authenticator app counts. */
export function askProof(ways: readonly AuthenticatorName[], doors: Doors, label: string): Asked {
  if (doors.pushed) return { blocks: askPushed(doors.pushed), typed: true };
  const buttons = ways.flatMap((way) => doors[way] ?? []);
  const typed = ways.includes("totp");
  return {
    blocks: [...(buttons.length > 0 ? [actions(...buttons)] : []), ...(typed ? [codeInput(label)] : [])],
    typed,
  };
}
