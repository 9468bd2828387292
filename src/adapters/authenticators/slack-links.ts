import { createHmac, randomBytes } from "node:crypto";
import type { LinkingSeal, StartedLinking, Unconfirmed } from "../../ports/link.ts";
import { keyFor, same } from "./links.ts";
import { type SealingKey, type SealingKeys, seal, unseal } from "./seal.ts";

const confirmation = { purpose: "link", subject: "", credential: "" } as const;

/**
 * Links for linking a Slack account, which carry what they stand for under an HMAC-SHA-256 of a key of their own; and what
 * a browser keeps until its person confirms, sealed.
 */
export function linkingSeal(keys: SealingKeys): LinkingSeal {
  const macWith = (sealing: SealingKey) => {
    const key = keyFor(sealing, "slack-link");
    return (text: string) => createHmac("sha256", key).update(text).digest();
  };
  const [macOf, ...retired] = keys.map(macWith) as [ReturnType<typeof macWith>, ...ReturnType<typeof macWith>[]];
  return {
    make(about) {
      const started: StartedLinking = { ...about, salt: randomBytes(32).toString("base64url") };
      const text = Buffer.from(JSON.stringify(started)).toString("base64url");
      return `${text}.${macOf(text).toString("base64url")}`;
    },
    read(link) {
      const [text = "", mac = "", ...more] = link.split(".");
      const given = Buffer.from(mac, "base64url");
      if (more.length > 0 || ![macOf, ...retired].some((one) => same(given, one(text)))) return undefined;
      return JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as StartedLinking;
    },
    close: (unconfirmed) => seal(JSON.stringify(unconfirmed), confirmation, keys),
    open(sealed) {
      try {
        return JSON.parse(unseal(sealed, confirmation, keys)) as Unconfirmed;
      } catch {
        return undefined;
      }
    },
  };
}
