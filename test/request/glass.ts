import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { passkeyAuthenticator } from "../../src/adapters/authenticators/passkey.ts";
import { sealingKey } from "../../src/adapters/authenticators/seal.ts";
import { stepUpLinks } from "../../src/adapters/authenticators/step-up-links.ts";
import { assertionCheck } from "../../src/adapters/witness/assertion.ts";
import { witnessOf } from "../../src/adapters/witness/witness.ts";
import type { Purpose } from "../../src/challenge/step-up.ts";
import { isRefusal, type Refusal } from "../../src/operation/refusal.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type { Subject } from "../../src/policy/subject.ts";
import type { Finished, Request } from "../../src/request/request.ts";
import { createStepUps } from "../../src/request/step-up.ts";
import { fakeDirectory } from "../fakes/directory.ts";
import { softPasskey } from "../fakes/passkey.ts";
import { labPolicy } from "../fakes/policy.ts";
import { accepted, alice, openDesk, people, restartIn, type TestDesk } from "./desk.ts";
import { glass, inState } from "./samples.ts";

const origin = "https://countersign.example";

/** The lab's policy, and a tier of break-glass that those on call may break into to restart. */
export const glassPolicy: Policy = {
  ...labPolicy,
  tiers: [...labPolicy.tiers, { name: "glass", requirements: glass }],
  breakGlass: [
    { name: "on-call breaks the glass", subjects: ["group:oncall"], operations: ["rollout-restart"], tier: "glass" },
  ],
};

export const frank: Subject = { sub: "frank", groups: ["security"] };

export interface GlassDesk {
  readonly desk: TestDesk;
  /** Whoever says so breaks the glass, as far as the policy lets them. */
  breaks(subject?: Subject, place?: string): Promise<Request | Refusal>;
  /** Asked, planned and proved by its requester; granted where nothing stands against it. */
  broken(subject?: Subject): Promise<Request>;
  /** What a worker does with it until it succeeds. */
  runs(request: Request): Promise<Finished>;
  /** Opens the page that this person's link leads to, and signs by their passkey what it asks for. */
  signs(request: Request, subject: string, purpose: Purpose, why?: string): Promise<string>;
}

/** The web side with passkeys for everybody, and a policy that lets the glass be broken. */
export function openGlass(): GlassDesk {
  const keys = new Map([...people, frank].map(({ sub }) => [sub, softPasskey()]));
  const directory = fakeDirectory(
    [...people, frank].map((person) => {
      const passkey = keys.get(person.sub);
      return passkey ? { ...person, passkeys: [passkey] } : person;
    }),
  );
  const passkeys = passkeyAuthenticator(directory);
  const desk = openDesk({
    authenticators: new Map([[passkeys.name, passkeys]]),
    witness: witnessOf({ assertion: assertionCheck({ origin, directory }) }),
    policy: glassPolicy,
  });
  for (const person of [...people, frank]) desk.directory.put(person);
  const { lifecycle, store, trail } = desk;
  const links = stepUpLinks([sealingKey("k-1", randomBytes(32).toString("base64"))]);
  const stepUps = createStepUps({ lifecycle, store, directory, links, trail });

  const signs: GlassDesk["signs"] = async (request, subject, purpose, why = "the restart was right") => {
    const link = stepUps.start({ request: request.id, subject, purpose }, desk.clock.now());
    const offer = await stepUps.offer(link);
    if (isRefusal(offer)) return offer.refused;
    const passkey = keys.get(subject) ?? assert.fail(subject);
    const given = JSON.stringify(passkey.sign({ challenge: offer.challenge, origin }));
    const done = await stepUps.answer(link, { by: "passkey", given, typed: "", why });
    return isRefusal(done) ? done.refused : done.says;
  };
  const breaks: GlassDesk["breaks"] = (subject = alice, place = "prod") =>
    lifecycle.ask({
      subject,
      origin: { team: "T1", channel: "C1", user: "U1" },
      operation: restartIn(place),
      reason: "5xx since the deploy",
      breakGlass: true,
    });
  return {
    desk,
    signs,
    breaks,
    async broken(subject = alice) {
      const request = await desk.plans(await desk.now(accepted(await breaks(subject))));
      await signs(request, subject.sub, "prove");
      return desk.now(request);
    },
    async runs(request) {
      const leaseUntil = desk.clock.now() + 30_000;
      const outcome = { at: desk.clock.now(), says: "done", apiAuditIds: [] };
      for (const event of [
        { type: "claimed", claim: { worker: "w", fence: 1, leaseUntil } },
        { type: "intended", fence: 1, intent: { step: 0, resourceVersion: "42" }, leaseUntil },
        { type: "finished", fence: 1, as: "succeeded", outcome },
      ] as const)
        accepted(await desk.mover.move(request.id, () => ({ event })));
      return inState(await desk.now(request), "succeeded");
    },
  };
}
