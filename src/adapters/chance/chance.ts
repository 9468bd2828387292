import { randomBytes, randomInt, randomUUID } from "node:crypto";
import type { PushChance } from "../../ports/push.ts";
import type { Chance } from "../../ports.ts";

// No vowels, so that no id spells a word, and nothing that looks like something else.
const letters = "bcdfghjkmnpqrstvwxyz23456789";

/** Chance from the operating system's generator. */
export const chance: Chance = {
  requestId: () => `r-${Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join("")}`,
  operationId: () => randomUUID(),
};

/** The same for pushes. */
export const pushChance: PushChance = {
  salt: () => randomBytes(32).toString("base64url"),
  code: () => String(randomInt(1_000_000)).padStart(6, "0"),
};
