import { randomBytes, randomInt } from "node:crypto";
import { ApiRefusal } from "./web-api/api-refusal.ts";

/** How long a trigger opens a modal: facts/slack.md section 3. */
const TRIGGER_LIFETIME_MS = 3000;

interface Trigger {
  readonly person: string;
  readonly expires: number;
  exchanged: boolean;
}

/** Trigger ids: each opens one modal for one person, once, within 3 seconds. */
export class Triggers {
  readonly #now: () => number;
  readonly #issued = new Map<string, Trigger>();

  constructor(now: () => number) {
    this.#now = now;
  }

  issue(person: string): string {
    const id = `${randomInt(1e9, 9e9)}.${randomInt(1e9, 9e9)}.${randomBytes(16).toString("hex")}`;
    this.#issued.set(id, { person, expires: this.#now() + TRIGGER_LIFETIME_MS, exchanged: false });
    return id;
  }

  /** The person a trigger stands for; it is used up by asking. Refuses with views.open's three codes. */
  exchange(id: string): string {
    const trigger = this.#issued.get(id);
    if (!trigger) throw new ApiRefusal("invalid_trigger_id");
    if (trigger.exchanged) throw new ApiRefusal("exchanged_trigger_id");
    if (this.#now() > trigger.expires) throw new ApiRefusal("expired_trigger_id");
    trigger.exchanged = true;
    return trigger.person;
  }
}
