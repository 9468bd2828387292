import { createHmac, randomBytes } from "node:crypto";
import type { StartedStepUp } from "../../challenge/step-up.ts";
import type { StepUpLinks } from "../../ports.ts";
import { keyFor, same } from "./links.ts";
import type { SealingKey, SealingKeys } from "./seal.ts";

/**
 * Links that carry what they stand for: its JSON in base64url, a full stop, and an HMAC-SHA-256 over it under a key of
 * their own. Nothing of them is kept. Who holds one sees a plan; to say yes takes the passkey of the person it is for.
 */
export function stepUpLinks([current, ...retired]: SealingKeys): StepUpLinks {
  const macWith = (sealing: SealingKey) => {
    const key = keyFor(sealing, "step-up");
    return (text: string) => createHmac("sha256", key).update(text).digest();
  };
  const macOf = macWith(current);
  const macs = [macOf, ...retired.map(macWith)];
  return {
    make(about) {
      const salt = randomBytes(32).toString("base64url");
      const text = Buffer.from(JSON.stringify({ ...about, salt } satisfies StartedStepUp)).toString("base64url");
      return `${text}.${macOf(text).toString("base64url")}`;
    },
    read(link) {
      const [text = "", mac = "", ...more] = link.split(".");
      const given = Buffer.from(mac, "base64url");
      if (more.length > 0 || !macs.some((one) => same(given, one(text)))) return undefined;
      return JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as StartedStepUp;
    },
  };
}
