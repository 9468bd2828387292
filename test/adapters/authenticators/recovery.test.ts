import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { recoveryKeeper } from "../../../src/adapters/authenticators/recovery.ts";
import { reseal, seal, sealingKey } from "../../../src/adapters/authenticators/seal.ts";

const old = sealingKey("k1", randomBytes(32).toString("base64"));
const fresh = sealingKey("k2", randomBytes(32).toString("base64"));
const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const whose = { subject: "alice", credential: "c-1" };
const of = (about: typeof whose, text = seed) => ({
  ...about,
  sealed: seal(text, { purpose: "totp", ...about }, [old]),
});

describe("recovery codes", () => {
  const keeper = recoveryKeeper([old]);
  const code = "ABCDEFGHIJKLMNOP";

  it("are ten of 80 random bits each, in base32, never twice the same", () => {
    const all = Array.from({ length: 50 }, () => keeper.make());
    for (const codes of all) assert.equal(codes.length, 10);
    assert.equal(new Set(all.flat()).size, 500);
    for (const one of all.flat()) assert.match(one, /^[A-Z2-7]{16}$/);
    assert.equal(new Set(all.flat().join("")).size, 32, "every letter comes up");
  });

  it("are kept as an HMAC that is the same each time, and shows nothing of them", () => {
    const mac = keeper.mac(of(whose), code);
    assert.equal(keeper.mac(of(whose), code), mac);
    assert.equal(Buffer.from(mac, "base64url").length, 32);
    assert.ok(!mac.includes(code) && !Buffer.from(mac, "base64url").includes(code));
  });

  it("fit one subject, one credential and one seed", () => {
    const mac = keeper.mac(of(whose), code);
    for (const other of [
      of({ ...whose, subject: "bob" }),
      of({ ...whose, credential: "c-2" }),
      of({ subject: "alicec", credential: "-1" }),
      of(whose, "A".repeat(32)),
    ])
      assert.notEqual(keeper.mac(other, code), mac);
    assert.notEqual(keeper.mac(of(whose), "ABCDEFGHIJKLMNOA"), mac);
  });

  it("attack: a row that was moved to another person gives no HMAC at all", () => {
    assert.throws(() => keeper.mac({ ...of(whose), subject: "bob" }, code));
  });

  it("outlast the key that sealed their seed: sealed again, they are the same, and the retired key can go", () => {
    const before = keeper.mac(of(whose), code);
    const sealed = reseal(of(whose).sealed, { purpose: "totp", ...whose }, [fresh, old]) ?? assert.fail();
    assert.equal(recoveryKeeper([fresh]).mac({ ...whose, sealed }, code), before);
  });

  it("cannot be made or checked by whoever holds no sealing key", () => {
    assert.throws(() => recoveryKeeper([fresh]).mac(of(whose), code), /not held here/);
  });
});
