import type { Directory } from "./directory.ts";
import type { Installation } from "./installation.ts";
import type { MessageLog } from "./message-log.ts";
import type { Modals } from "./modals.ts";
import type { Triggers } from "./triggers.ts";
import type { Pace } from "./web-api/pace.ts";

/** What the workspace is made of: all that a Web API method or a person's hand may look at or change. */
export interface Parts {
  readonly app: Installation;
  readonly now: () => number;
  readonly directory: Directory;
  readonly messages: MessageLog;
  readonly modals: Modals;
  readonly triggers: Triggers;
  /** Undefined when messages are not paced. */
  readonly pace: Pace | undefined;
  /** A fresh address for one Socket Mode connection. */
  readonly socketUrl: () => string;
}
