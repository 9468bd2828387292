import type { Enrolling } from "../../challenge/enrolment.ts";
import type { Registering } from "../../challenge/registration.ts";
import { isRefusal, type Refusal } from "../../operation/refusal.ts";
import type { StepUps } from "../../request/step-up.ts";
import { qrOf } from "./qr.ts";

/** What people can do on our pages; what is absent is not set up in this house. */
export interface Deeds {
  readonly enrolling: Enrolling;
  readonly registering?: Registering;
  readonly stepUps?: StepUps;
}

/** The texts of a body by their names. A link travels in a body, never in an address. */
type Sent = (name: string) => string;
type Deed = (sent: Sent) => Promise<object | Refusal>;

/** What a page may ask for, by path. Only a POST reaches it, so to look at a page does nothing. */
export function deedsOf({ enrolling, registering, stepUps }: Deeds): ReadonlyMap<string, Deed> {
  const deeds = new Map<string, Deed>([
    [
      "/enrol/offer",
      async (sent) => {
        const offer = await enrolling.offer(sent("link"));
        if (isRefusal(offer)) return offer;
        return { subject: offer.subject, uri: offer.uri, qr: qrOf(offer.uri) };
      },
    ],
    ["/enrol/confirm", (sent) => enrolling.confirm(sent("link"), sent("code"))],
    ["/recover/begin", (sent) => enrolling.recover(sent("subject"), sent("code"))],
  ]);
  if (registering) {
    deeds.set("/passkey/offer", (sent) => registering.offer(sent("link")));
    deeds.set("/passkey/register", (sent) => registering.register(sent("link"), sent("credential")));
  }
  if (stepUps) {
    deeds.set("/step-up/offer", (sent) => stepUps.offer(sent("link")));
    deeds.set("/step-up/passkey", (sent) =>
      stepUps.answer(sent("link"), {
        by: "passkey",
        given: sent("assertion"),
        typed: sent("typed"),
        why: sent("why"),
      }),
    );
  }
  return deeds;
}
