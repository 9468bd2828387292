import type { Button, KnownBlock } from "@slack/types";
import type { AuthenticatorName } from "../../policy/authenticator.ts";
import { actions, codeInput } from "./blocks.ts";

/** The button that leads to each way of proving presence which is no code typed into the form itself. */
export type Doors = Readonly<Partial<Record<AuthenticatorName, Button>>>;

/** How a form asks for proof of presence. `typed`: there is a field for a code, so the form itself can be sent. */
export interface Asked {
  readonly blocks: readonly KnownBlock[];
  readonly typed: boolean;
}

/** A button for each way that leads elsewhere, and a field only where a code of an authenticator app counts. */
export function askProof(ways: readonly AuthenticatorName[], doors: Doors, label: string): Asked {
  const buttons = ways.flatMap((way) => doors[way] ?? []);
  const typed = ways.includes("totp");
  return {
    blocks: [...(buttons.length > 0 ? [actions(...buttons)] : []), ...(typed ? [codeInput(label)] : [])],
    typed,
  };
}
