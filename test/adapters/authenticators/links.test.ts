import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { enrolmentLinks } from "../../../src/adapters/authenticators/links.ts";
import { sealingKey } from "../../../src/adapters/authenticators/seal.ts";

const key = (bytes = randomBytes(32)) => [sealingKey("k-1", bytes.toString("base64"))] as const;

describe("links for enrolling", () => {
  const links = enrolmentLinks(key());

  it("are never twice the same, and hold for the subject they were made for", () => {
    const made = new Set(Array.from({ length: 200 }, () => links.make("alice")));
    assert.equal(made.size, 200);
    for (const link of made) assert.ok(links.holds(link, "alice"));
  });

  it("hold for nobody else", () => {
    const link = links.make("alice");
    for (const other of ["bob", "alice ", "Alice", "", '","alice']) assert.ok(!links.holds(link, other), other);
  });

  it("hold under no other key, and not for whoever holds the key's bytes under another id", () => {
    const bytes = randomBytes(32);
    const link = enrolmentLinks(key(bytes)).make("alice");
    assert.ok(enrolmentLinks(key(bytes)).holds(link, "alice"));
    assert.ok(!links.holds(link, "alice"));
    assert.ok(!enrolmentLinks([sealingKey("k-2", bytes.toString("base64"))]).holds(link, "alice"));
  });

  it("hold when they were made before a key was retired, and end with that key", () => {
    const [[old], [fresh]] = [key(), [sealingKey("k-2", randomBytes(32).toString("base64"))]];
    const before = enrolmentLinks([old]).make("alice");
    const after = enrolmentLinks([fresh, old]);
    assert.ok(after.holds(before, "alice"));
    assert.ok(!after.holds(before, "bob"));
    assert.ok(enrolmentLinks([fresh]).holds(after.make("alice"), "alice"), "made by the key that seals now");
    assert.ok(!enrolmentLinks([fresh]).holds(before, "alice"));
  });

  it("do not hold when anything of them is changed, cut, added or missing", () => {
    const link = links.make("alice");
    const [secret = "", mac = ""] = link.split(".");
    const other = links.make("alice").split(".");
    for (const changed of [
      "",
      ".",
      secret,
      `${secret}.`,
      `.${mac}`,
      `${secret}.${mac.slice(0, -2)}`,
      `${secret}.${mac}.${mac}`,
      `${other[0]}.${mac}`,
      `${secret}.${other[1]}`,
      `${secret}x.${mac}`,
    ])
      assert.ok(!links.holds(changed, "alice"), changed);
  });
});
