import type { Pushes } from "../../challenge/push.ts";
import type { PushAuthenticator } from "../../policy/authenticator.ts";
import type { PushSeal } from "../../ports/push.ts";
import type { Authenticator } from "../../ports.ts";
import { type SealingKeys, seal, unseal } from "./seal.ts";

/** A push through one provider, with a code carried. */
export function pushAuthenticator(pushes: Pushes, name: PushAuthenticator): Authenticator {
  return {
    name,
    // Only the provider knows who has a device, and says so when it is to send a push.
    isEnrolled: async () => true,
    async submit(challenge, response, now) {
      try {
        return await pushes.submit(challenge, response, now);
      } catch (fault) {
        return { outcome: "unavailable", because: fault instanceof Error ? fault.message : String(fault) };
      }
    },
  };
}

/** Seals under the key of web, each text to one push of one person. */
export function pushSeal(keys: SealingKeys): PushSeal {
  const to = (salt: string, subject: string) => ({ purpose: "push", subject, credential: salt }) as const;
  return {
    close: (plain, salt, subject) => seal(plain, to(salt, subject), keys),
    open: (sealed, salt, subject) => unseal(sealed, to(salt, subject), keys),
  };
}
