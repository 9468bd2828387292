import assert from "node:assert/strict";
import type { Requirements } from "../../src/policy/policy.ts";
import { stepUpWords } from "../../src/policy/words.ts";
import type { Request } from "../../src/request/request.ts";
import { responseAt } from "../fakes/authenticator.ts";
import { accepted, alice, bob, openDesk, restartIn, type TestDesk } from "./desk.ts";
import { inState, plan } from "./samples.ts";

const minute = 60_000;
const reusing: Requirements = { stepUp: { reuse: 10 * minute } };

describe("a step-up that is used again for the same tier and the same objects", () => {
  let desk: TestDesk;
  let timeStep = 0;
  beforeEach(() => {
    desk = openDesk();
    desk.tier("guarded", reusing);
    desk.tier("privileged", reusing);
  });
  const asks = async (place = "staging", uid = "uid-1", subject = alice) =>
    desk.plans(await desk.asks(subject, restartIn(place)), { object: { ...plan.object, uid } as never });
  const proves = async (request: Request, subject = alice) => {
    accepted(await desk.lifecycle.prove(request.id, subject, responseAt(subject.sub, ++timeStep)));
    return desk.now(request);
  };
  const states = async (...requests: readonly Request[]) =>
    Promise.all(requests.map(async (request) => (await desk.now(request)).state));

  it("counts for another request of theirs within the time, and no longer", async () => {
    const first = await proves(await asks());
    desk.clock.pass(10 * minute);
    const second = inState(await asks(), "granted");
    assert.equal(second.proof?.request, first.id);
    desk.clock.pass(1);
    inState(await asks(), "awaiting-challenge");
  });

  it("is never made to last longer by its use", async () => {
    await proves(await asks());
    desk.clock.pass(6 * minute);
    inState(await asks(), "granted");
    desk.clock.pass(5 * minute);
    inState(await asks(), "awaiting-challenge");
  });

  it("counts for no other object, not even for a successor of the same name, in no other tier and for nobody else", async () => {
    await proves(await asks());
    const others = [await asks("staging", "uid-2"), await asks("prod"), await asks("staging", "uid-1", bob)];
    assert.deepEqual(await states(...others), Array(3).fill("awaiting-challenge"));
  });

  it("counts for an approver too, in the tier and for the object they approved before", async () => {
    desk.tier("privileged", { approvals: { count: 1, from: ["sre"], stepUp: { reuse: 10 * minute } } });
    const first = await asks("prod");
    accepted(await desk.lifecycle.approve(first.id, bob, responseAt("bob", ++timeStep)));
    const [same, other] = [await asks("prod"), await asks("prod", "uid-2")];
    const ways = async (request: Request) => desk.lifecycle.standing(request, bob, desk.clock.now());
    assert.deepEqual(await ways(same), { may: true, ways: [] });
    assert.deepEqual(await ways(other), { may: true, ways: ["totp"] });
    accepted(await desk.lifecycle.approve(same.id, bob, undefined));
    assert.deepEqual(await states(same, other), ["granted", "awaiting-approval"]);
  });

  it("is said in words", () => {
    assert.equal(
      stepUpWords({ reuse: 10 * minute }),
      "proof of presence, for this very plan, or for the same object in this tier and not older than 10 minutes",
    );
  });
});
