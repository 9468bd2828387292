import type { PushPurpose } from "../../request/pushing.ts";
import { button } from "./blocks.ts";
import type { Front } from "./front.ts";
import type { Doors } from "./ways.ts";

/** The door to a push; absent where no provider sends any. */
export function pushDoor({ ports }: Front, purpose: PushPurpose, request: string): Doors {
  return ports.pushing ? { push: button("by-push", "Send a push to my device", `${purpose} ${request}`) } : {};
}
