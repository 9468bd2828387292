import assert from "node:assert/strict";
import { registrationReader } from "../../../src/adapters/authenticators/registration.ts";
import { type Signing, softPasskey } from "../../fakes/passkey.ts";

const origin = "https://countersign.example";
const challenge = "Y2hhbGxlbmdl";

describe("reading a registration", () => {
  const reader = registrationReader(origin);
  const read = (signing: Partial<Signing> = {}, passkey = softPasskey()) =>
    reader.read(JSON.stringify(passkey.register({ challenge, origin, ...signing })), challenge);

  it("answers the credential and its public key, as the directory lists them", async () => {
    const passkey = softPasskey();
    assert.deepEqual(await read({}, passkey), { id: passkey.id, key: passkey.key });
  });

  for (const [what, signing, why] of [
    ["for another challenge", { challenge: "b3RoZXI" }, /challenge/],
    ["on another page", { origin: "https://countersign.evil" }, /origin/],
    ["for another relying party", { rpId: "evil.example" }, /RP ID/],
    ["without user verification", { verified: false }, /could not be verified/],
    ["without anybody there", { present: false }, /presence|present/],
    ["that is an assertion", { type: "webauthn.get" }, /type/],
  ] as const)
    it(`takes none ${what}`, async () => {
      const made = await read(signing);
      assert.match("faulty" in made ? made.faulty : "taken", why);
    });

  it("takes nothing that is no registration at all", async () => {
    for (const given of ["", "null", "{}", "[]", '{"id":"a","rawId":"a","type":"public-key"}'])
      assert.ok("faulty" in (await reader.read(given, challenge)), given);
  });
});
