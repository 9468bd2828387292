import assert from "node:assert/strict";
import { createRegistering, fingerprintOf, type Registering } from "../../src/challenge/registration.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import type { Passkey } from "../../src/policy/passkey.ts";
import { softPasskey } from "../fakes/passkey.ts";

describe("registering a passkey", () => {
  const passkey: Passkey = softPasskey();
  let open: Map<string, string>;
  let kept: (readonly [subject: string, passkey: Passkey])[];
  let registering: Registering;

  beforeEach(() => {
    open = new Map([
      ["link", "alice"],
      ["other", "bob"],
      ["forged", "alice"],
    ]);
    kept = [];
    registering = createRegistering({
      registrations: {
        open: async (link) => open.get(link),
        async register(link, subject, made) {
          const first = open.delete(link);
          if (first) kept.push([subject, made]);
          return first;
        },
      },
      links: { holds: (link) => link !== "forged" },
      reader: { read: async (given, challenge) => (given === challenge ? passkey : { faulty: "it is for another" }) },
    });
  });
  const challengeOf = async (link: string) => {
    const offer = await registering.offer(link);
    return isRefusal(offer) ? assert.fail(offer.says) : offer.challenge;
  };
  const codeOf = (answer: unknown) => (isRefusal(answer) ? answer.refused : answer);

  it("asks for one challenge a link, which is not the link", async () => {
    const challenge = await challengeOf("link");
    assert.match(challenge, /^[\w-]{43}$/);
    assert.equal(await challengeOf("link"), challenge);
    assert.notEqual(await challengeOf("other"), challenge);
  });

  it("records what was made for that challenge, once, and says by what it is told from others", async () => {
    const challenge = await challengeOf("link");
    const done = await registering.register("link", challenge);
    assert.deepEqual(done, { subject: "alice", fingerprint: fingerprintOf(passkey) });
    assert.deepEqual(kept, [["alice", passkey]]);
    assert.equal(codeOf(await registering.register("link", challenge)), "link-not-valid");
    assert.equal(codeOf(await registering.offer("link")), "link-not-valid");
  });

  it("records nothing that was made for another challenge, and leaves the link", async () => {
    assert.equal(codeOf(await registering.register("link", await challengeOf("other"))), "evidence");
    assert.deepEqual(kept, []);
    assert.ok(!isRefusal(await registering.offer("link")));
  });

  it("attack: believes no link that stands in the store and is not ours", async () => {
    assert.equal(codeOf(await registering.offer("forged")), "link-not-valid");
    assert.equal(codeOf(await registering.register("forged", "x")), "link-not-valid");
    assert.deepEqual(kept, []);
  });
});
