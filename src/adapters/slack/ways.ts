import type { Button, KnownBlock } from "@slack/types";
import type { Binding } from "../../challenge/evidence.ts";
import type { AuthenticatorName } from "../../policy/authenticator.ts";
import { actions, codeInput, lines, raw, richText } from "./blocks.ts";

/** What stands above the field for the code of a push. */
const pushHint = richText(
  lines([raw("A push is on your device. Say yes there, and type here the six digits it begins with.")]),
);

/** The button that leads to each way of proving presence which is no code typed into the form itself. */
export type Doors = Readonly<Partial<Record<AuthenticatorName, Button>>> & {
  /** A push that was sent: the form asks for its code and for nothing else. */
  readonly pushed?: Binding;
};

/** How a form asks for proof of presence. `typed`: there is a field for a code, so the form itself can be sent. */
export interface Asked {
  readonly blocks: readonly KnownBlock[];
  readonly typed: boolean;
}

/** A button for each way that leads elsewhere, and a field only where a code of an authenticator app counts. */
export function askProof(ways: readonly AuthenticatorName[], doors: Doors, label: string): Asked {
  if (doors.pushed) return { blocks: [pushHint, codeInput("The code of the push")], typed: true };
  const buttons = ways.flatMap((way) => doors[way] ?? []);
  const typed = ways.includes("totp");
  return {
    blocks: [...(buttons.length > 0 ? [actions(...buttons)] : []), ...(typed ? [codeInput(label)] : [])],
    typed,
  };
}
