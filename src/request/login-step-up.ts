import { refuseStaleLogin } from "../challenge/fresh-login.ts";
import { isRefusal, type Refusal, refuse } from "../operation/refusal.ts";
import type { LoggedIn, LoginBegun, Logins } from "../ports/login.ts";
import type { RequestStore } from "../ports.ts";
import type { StepUpAnswer, StepUps } from "./step-up.ts";

/** A step-up on our own page that goes by way of the identity provider: the plan is shown before it, and read there. */
export interface LoginStepUps {
  /** Where the person behind this link is to log in, for what the page has just shown them. */
  begin(link: string, filled: Pick<StepUpAnswer, "typed" | "why">): Promise<LoginBegun | Refusal>;
  /** What became of it, in a sentence or two. */
  back(loggedIn: LoggedIn): Promise<{ readonly says: string } | Refusal>;
}

/** What comes back with the login, sealed on the way. */
interface Carried extends Pick<StepUpAnswer, "typed" | "why"> {
  readonly link: string;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly begunAt: number;
}

export function createLoginStepUps({
  stepUps,
  logins,
  store,
}: {
  readonly stepUps: StepUps;
  readonly logins: Logins;
  readonly store: Pick<RequestStore, "now">;
}): LoginStepUps {
  return {
    async begin(link, { typed, why }) {
      const offer = await stepUps.offer(link);
      if (isRefusal(offer)) return offer;
      const { subject, challenge: nonce, ways, toType } = offer;
      if (!ways.includes("login"))
        return refuse("too-weak", "A login does not count here.", "Use what the page offers.");
      if (toType !== undefined && typed !== toType)
        return refuse(
          "bad-arguments",
          "That is not the name of what this removes.",
          `Type ${toType}, letter by letter.`,
        );
      const carried: Carried = { link, typed, why, begunAt: await store.now() };
      return logins.begin({ end: "step-up", nonce, subject, carry: JSON.stringify(carried) });
    },

    async back({ carried, token }) {
      const { link, typed, why, begunAt } = JSON.parse(carried) as Carried;
      const stale = refuseStaleLogin(token, begunAt);
      return stale ?? stepUps.answer(link, { by: "login", given: token.token, typed, why });
    },
  };
}
