import assert from "node:assert/strict";
import { passkeyAuthenticator } from "../../../src/adapters/authenticators/passkey.ts";
import type { Challenge } from "../../../src/challenge/challenge.ts";
import { noon } from "../../fakes/clock.ts";
import { fakeDirectory } from "../../fakes/directory.ts";
import { softPasskey } from "../../fakes/passkey.ts";

describe("the passkey authenticator", () => {
  const passkey = softPasskey();
  const authenticator = passkeyAuthenticator(
    fakeDirectory([
      { sub: "bob", groups: [], passkeys: [passkey] },
      { sub: "dora", groups: [] },
    ]),
  );
  const challenge: Challenge = { digest: "d".repeat(64), subject: "bob", expiresAt: noon + 300_000, triesLeft: 5 };
  const started = { salt: "s".repeat(43), expiresAt: noon + 300_000 };
  const assertion = passkey.sign({ challenge: "Y2hhbGxlbmdl", origin: "https://countersign.example" });
  const submit = (given: unknown, now = noon) =>
    authenticator.submit(
      challenge,
      { by: "passkey", given: typeof given === "string" ? given : JSON.stringify(given), started },
      now,
    );

  it("is for those whom the directory lists one for", async () => {
    assert.deepEqual(
      [
        await authenticator.isEnrolled("bob"),
        await authenticator.isEnrolled("dora"),
        await authenticator.isEnrolled("m"),
      ],
      [true, false, false],
    );
  });

  it("hands on what the browser brought, to be claimed by the salt of its page", async () => {
    assert.deepEqual(await submit({ ...assertion, more: "than is asked for" }), {
      outcome: "approved",
      claim: { stepUp: started.salt },
      evidence: { kind: "assertion", binding: started, credential: assertion.id, ...assertion.response },
    });
  });

  for (const [what, given] of [
    ["no JSON", "123456"],
    ["no object", "null"],
    ["no response", { id: assertion.id }],
    ["a number for a signature", { ...assertion, response: { ...assertion.response, signature: 1 } }],
    ["what is not base64url", { ...assertion, id: "a b" }],
  ] as const)
    it(`takes ${what} for no assertion`, async () =>
      assert.deepEqual(await submit(given), {
        outcome: "insufficient",
        because: "evidence",
        says: "the browser brought no assertion",
      }));

  it("is too late after the page's time, and takes nothing that no page was opened for", async () => {
    assert.deepEqual(await submit(assertion, started.expiresAt + 1), { outcome: "expired" });
    const without = await authenticator.submit(challenge, { by: "passkey", given: JSON.stringify(assertion) }, noon);
    assert.equal(without.outcome, "insufficient");
  });
});
