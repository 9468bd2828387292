import assert from "node:assert/strict";
import type { Request } from "../../src/request/request.ts";
import { unusualOf } from "../../src/request/unusual.ts";
import { attestor } from "../fakes/attestor.ts";
import { responseAt } from "../fakes/authenticator.ts";
import { accepted, alice, bob, openDesk, restartIn, type TestDesk } from "./desk.ts";
import { events } from "./samples.ts";

const hour = 3_600_000;

describe("unusualOf", () => {
  let desk: TestDesk;
  let timeStep = 0;
  beforeEach(() => {
    desk = openDesk();
  });

  /** Alice's restart there, granted and run to its end. */
  async function done(place: string, as: "succeeded" | "failed" = "succeeded"): Promise<Request> {
    const request = await desk.asksAndProves(alice, restartIn(place), ++timeStep);
    if (request.state === "awaiting-approval")
      accepted(await desk.lifecycle.approve(request.id, bob, responseAt("bob", timeStep)));
    const now = desk.clock.now();
    const claim = { worker: "w", fence: 1, leaseUntil: now + 60_000 };
    for (const event of [
      { type: "claimed", claim } as const,
      { ...events.intended, leaseUntil: now + 60_000 },
      { ...events[as], outcome: { ...events[as].outcome, at: now } },
    ])
      accepted(await desk.mover.move(request.id, () => ({ event })));
    return desk.now(request);
  }
  const unusual = (place: string, about: { cluster?: string; after?: number; subject?: string } = {}) =>
    unusualOf(desk, {
      subject: about.subject ?? "alice",
      cluster: about.cluster ?? "demo",
      namespaces: place === "" ? [] : [place],
      askedAt: desk.clock.now() + (about.after ?? 0),
    });

  it("is all of it for who never changed anything", async () => {
    assert.deepEqual(await unusual("staging"), { firstInNamespace: true, outsideTheirHours: true });
  });

  it("is the first in a namespace until a change of theirs succeeded there, in that cluster", async () => {
    await done("staging");
    const first = async (place: string, about = {}) => (await unusual(place, about)).firstInNamespace;
    assert.deepEqual(
      [await first("staging"), await first("prod"), await first(""), await first("staging", { cluster: "other" })],
      [false, true, true, true],
    );
    assert.equal(await first("staging", { subject: "bob" }), true);
  });

  it("is not made usual by what failed", async () => {
    await done("staging", "failed");
    assert.equal((await unusual("staging")).firstInNamespace, true);
  });

  it("is outside their hours more than an hour from the time of day of every change of theirs", async () => {
    await done("staging");
    const outside = async (after: number) => (await unusual("prod", { after })).outsideTheirHours;
    assert.deepEqual(
      [await outside(24 * hour), await outside(25 * hour), await outside(23 * hour), await outside(26 * hour)],
      [false, false, false, true],
    );
  });

  it("attack: a record written into Redis makes nothing usual", async () => {
    const request = await done("staging");
    const edits: readonly Partial<Request>[] = [
      { operation: restartIn("prod") },
      { requester: "bob" },
      { signature: "forged" },
    ];
    for (const edit of edits) {
      const store = {
        changesOf: async () => [request.id],
        read: async () => ({ request: { ...request, ...edit } as Request, version: 1, now: 0 }),
      };
      const place = "operation" in edit ? "prod" : "staging";
      const asked = { subject: "alice", cluster: "demo", namespaces: [place], askedAt: desk.clock.now() };
      const { firstInNamespace } = await unusualOf({ store, attestor }, asked);
      assert.equal(firstInNamespace, true, JSON.stringify(edit));
    }
  });
});
