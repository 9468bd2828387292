import type { Enrolling } from "../../challenge/enrolment.ts";
import type { Linking } from "../../challenge/linking.ts";
import type { Registering } from "../../challenge/registration.ts";
import { isRefusal, type Refusal, refuse } from "../../operation/refusal.ts";
import type { LoggedIn, LoginBegun, LoginEnd, Logins } from "../../ports/login.ts";
import type { LoginStepUps } from "../../request/login-step-up.ts";
import type { StepUps } from "../../request/step-up.ts";
import type { Pocket } from "./pocket.ts";
import { qrOf } from "./qr.ts";

/** What people can do on our pages; what is absent is not set up in this house. */
export interface Deeds {
  readonly enrolling: Enrolling;
  readonly registering?: Registering;
  readonly stepUps?: StepUps;
  /** Only where there are step-ups. */
  readonly login?: { readonly logins: Logins; readonly stepUps: LoginStepUps; readonly linking: Linking };
}

/** The texts of a body by their names. A link travels in a body, never in an address. */
type Sent = (name: string) => string;
type Deed = (sent: Sent, pocket: Pocket) => Promise<object | Refusal>;

/** What a page may ask for, by path. Only a POST reaches it, so to look at a page does nothing. */
export function deedsOf({ enrolling, registering, stepUps, login }: Deeds): ReadonlyMap<string, Deed> {
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
    deeds.set("/step-up/offer", async (sent) => {
      const offer = await stepUps.offer(sent("link"));
      return isRefusal(offer) || !login ? offer : { ...offer, provider: login.logins.host };
    });
    deeds.set("/step-up/passkey", (sent) =>
      stepUps.answer(sent("link"), {
        by: "passkey",
        given: sent("assertion"),
        typed: sent("typed"),
        why: sent("why"),
      }),
    );
  }
  if (login) {
    const { logins, linking } = login;
    const ends: Readonly<Record<LoginEnd, (loggedIn: LoggedIn, pocket: Pocket) => Promise<object | Refusal>>> = {
      "step-up": (loggedIn) => login.stepUps.back(loggedIn),
      link: async (loggedIn, pocket) => {
        const back = await linking.back(loggedIn);
        if (isRefusal(back) || "says" in back) return back;
        pocket.keep(back.kept);
        return { confirm: back.confirm };
      },
    };
    deeds.set("/link/offer", (sent) => linking.offer(sent("link")));
    deeds.set("/link/login", async (sent, pocket) => sentTo(await linking.begin(sent("link")), pocket));
    deeds.set("/link/confirm", (_, pocket) => linking.confirm(pocket.take() ?? ""));
    deeds.set("/step-up/login", async (sent, pocket) => {
      const begun = await login.stepUps.begin(sent("link"), { typed: sent("typed"), why: sent("why") });
      return sentTo(begun, pocket);
    });
    deeds.set("/login/back", async (sent, pocket) => {
      const [code, state, iss, error] = [sent("code"), sent("state"), sent("iss"), sent("error")];
      const kept = pocket.take();
      const done = kept
        ? await logins.finish(kept, { code, state, iss, error })
        : refuse("link-not-valid", "This login was not begun in this browser.", "Begin again in Slack.");
      return isRefusal(done) ? done : ends[done.end](done, pocket);
    });
  }
  return deeds;
}

/** Where the browser is to go, and what it keeps until it is back. */
function sentTo(begun: LoginBegun | Refusal, pocket: Pocket): { readonly address: string } | Refusal {
  if (isRefusal(begun)) return begun;
  pocket.keep(begun.kept);
  return { address: begun.address };
}
