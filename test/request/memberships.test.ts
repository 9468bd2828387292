import assert from "node:assert/strict";
import { createLifecycle } from "../../src/request/lifecycle.ts";
import { responseAt } from "../fakes/authenticator.ts";
import { accepted, alice, bob, openDesk, restartIn } from "./desk.ts";

describe("a grant to people whose groups the identity provider signs", () => {
  const granted = async (memberships?: { tokenOf(subject: string): Promise<string | undefined> }) => {
    const desk = openDesk();
    const request = await desk.asksAndProves(alice, restartIn("prod"));
    const lifecycle = createLifecycle({ ...desk, ...(memberships ? { memberships } : {}) });
    const done = accepted(await lifecycle.approve(request.id, bob, responseAt("bob", 3)));
    return "grant" in done ? done.grant.grant : assert.fail(done.state);
  };

  it("carries what the provider signed of the requester and of each approver, for the worker to read", async () => {
    const grant = await granted({ tokenOf: async (sub) => `token of ${sub}` });
    assert.deepEqual(grant.memberships, { alice: "token of alice", bob: "token of bob" });
  });

  it("carries none of whom it said nothing, and none at all where it does not count", async () => {
    const grant = await granted({ tokenOf: async (sub) => (sub === "bob" ? "token of bob" : undefined) });
    assert.deepEqual(grant.memberships, { bob: "token of bob" });
    assert.equal((await granted()).memberships, undefined);
  });
});
